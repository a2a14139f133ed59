// The routes that clients of the earlier service call, see docs/compatible-api.md.

import * as pcluster from './pcluster-api.ts'
import { None, type Route } from './route.ts'
import * as z from './zod.ts'

export const pclusterRoutes = {
  pclusterCreate: {
    method: 'POST',
    path: '/hpc-provisioner/pcluster',
    summary: 'Compatible create: answers the existing cluster where there is one.',
    params: None,
    query: pcluster.CreateQuery,
    audited: true,
    status: 200,
    output: pcluster.CreateOutput,
    errors: [
      'UnknownTier',
      'ConfigurationRefused',
      'ClusterDeleting',
      'Conflict',
      'NoSlotLeft',
      'TooManyClusters',
    ],
  },
  pclusterGet: {
    method: 'GET',
    path: '/hpc-provisioner/pcluster',
    summary: 'Compatible get: one cluster with both ids, all clusters with neither.',
    params: None,
    query: pcluster.GetQuery,
    status: 200,
    output: z.union([pcluster.DescribeOutput, pcluster.ListOutput]),
    errors: ['ClusterNotFound'],
  },
  pclusterDelete: {
    method: 'DELETE',
    path: '/hpc-provisioner/pcluster',
    summary: 'Compatible delete.',
    params: None,
    query: pcluster.DeleteQuery,
    audited: true,
    status: 200,
    output: pcluster.DeleteOutput,
    errors: ['ClusterNotFound', 'Conflict'],
  },
  pclusterVersion: {
    method: 'GET',
    path: '/hpc-provisioner/version',
    summary: 'Compatible version.',
    params: None,
    query: None,
    status: 200,
    output: z.object({ version: z.string() }),
    errors: [],
  },
} as const satisfies Record<string, Route>
