// The routes that read clusters: of the contract, what a cold start of the API reads.
import { ClusterView, EventView } from './answers.ts'
import { ClusterName, Id, Status } from './cluster.ts'
import { None, type Route } from './route.ts'
import * as z from './zod.ts'

const Page = {
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100)), 50),
  cursor: z.optional(
    z.string().check(z.maxLength(2048), z.regex(/^[\w-]+$/, 'must be the cursor of the page before')),
  ),
}
export const ByName = z.strictObject({ name: ClusterName })

export const readRoutes = {
  listClusters: {
    method: 'GET',
    path: '/v1/clusters',
    summary: 'The clusters, a page at a time. A page may be short; only a missing cursor ends the list.',
    params: None,
    query: z.strictObject({ ...Page, virtualLab: z.optional(Id), status: z.optional(Status) }),
    status: 200,
    output: z.object({ clusters: z.array(ClusterView), cursor: z.optional(z.string()) }),
    errors: [],
  },
  getCluster: {
    method: 'GET',
    path: '/v1/clusters/{name}',
    summary: 'One cluster.',
    params: ByName,
    query: None,
    status: 200,
    output: ClusterView,
    errors: ['ClusterNotFound'],
  },
  listEvents: {
    method: 'GET',
    path: '/v1/clusters/{name}/events',
    summary: 'What happened to a cluster, newest last; readable after the cluster is gone.',
    params: ByName,
    query: z.strictObject(Page),
    status: 200,
    output: z.object({ events: z.array(EventView), cursor: z.optional(z.string()) }),
    errors: ['ClusterNotFound'],
  },
} as const satisfies Record<string, Route>
