// The routes of the sweeper, which a function with rights of its own answers.

import { None, type Route } from '../route.ts'
import * as z from '../zod.ts'
import { OrphanReport } from './report.ts'

const query = z.strictObject({
  // Two hours are more than CloudFormation gives a create; see orphansAmong for what protects younger ones.
  olderThanHours: z._default(z.coerce.number().check(z.int(), z.minimum(2), z.maximum(87_600)), 24),
})

export const orphanRoutes = {
  listOrphans: {
    method: 'GET',
    path: '/v1/orphans',
    summary:
      'What deployments left behind that have no cluster any more: found by our tags and names, and by no cluster having them. Nothing is deleted.',
    params: None,
    query,
    servedBy: 'orphans',
    status: 200,
    output: OrphanReport,
    errors: [],
  },
  deleteOrphans: {
    method: 'DELETE',
    path: '/v1/orphans',
    summary:
      'The same, and deletes them. Asking again goes on with what waits for others to be gone. Only where the environment allows it.',
    params: None,
    query,
    servedBy: 'orphans',
    audited: true,
    status: 200,
    output: OrphanReport,
    errors: ['ReportOnly'],
  },
} as const satisfies Record<string, Route>
