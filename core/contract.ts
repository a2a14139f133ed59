// The API as data: routing, API Gateway, OpenAPI, the CLI and the documentation all read this table.

import { UsageInput, UsageReport } from './accounting/report.ts'
import { ClusterView } from './answers.ts'
import { AuditEntry, AuditInput } from './audit/entry.ts'
import { orphanRoutes } from './orphans/routes.ts'
import { pclusterRoutes } from './pcluster-routes.ts'
import { Plan, Verdict } from './plan-answers.ts'
import { PreflightReport } from './preflight/report.ts'
import { ByName, readRoutes } from './read-routes.ts'
import { RotateKeys } from './rotation.ts'
import { None, type Route } from './route.ts'
import { UpdateCluster, updateErrors } from './shape/changes.ts'
import { TierSummary } from './shape/tier.ts'
import { CreateCluster } from './wish.ts'
import * as z from './zod.ts'

export const routes = {
  createCluster: {
    method: 'POST',
    path: '/v1/clusters',
    summary: 'Ask for a cluster for a project. The same wish again answers the same cluster.',
    params: None,
    query: z.strictObject({ dryRun: z.optional(z.literal('false')) }),
    body: CreateCluster,
    audited: true,
    status: 202,
    output: ClusterView,
    errors: [
      'UnknownTier',
      'NothingFits',
      'ConfigurationRefused',
      'ClusterDiffers',
      'ClusterDeleting',
      'Conflict',
      'NoSlotLeft',
      'TooManyClusters',
    ],
  },
  planCluster: {
    method: 'POST',
    path: '/v1/clusters',
    dryRunOf: 'createCluster',
    summary:
      'What a create would make: shape, configuration, findings and stack template. Nothing is written or minted.',
    params: None,
    query: z.strictObject({ dryRun: z.literal('true') }),
    body: CreateCluster,
    status: 200,
    output: Plan,
    errors: ['UnknownTier', 'NothingFits'],
  },
  validateConfiguration: {
    method: 'POST',
    path: '/v1/configurations/validate',
    summary: "Every finding of ParallelCluster's rules that need no AWS call, for a configuration in YAML.",
    params: None,
    query: z.strictObject({
      suppress: z.optional(
        z
          .string()
          .check(
            z.maxLength(2048),
            z.regex(/^[\w:]+(,[\w:]+)*$/, 'must be names of validators, with commas between'),
          ),
      ),
      failureLevel: z._default(z.enum(['INFO', 'WARNING', 'ERROR']), 'ERROR'),
      name: z
        .optional(z.string().check(z.minLength(1), z.maxLength(256)))
        .check(z.describe('Of the cluster, where it is to be looked at, too.')),
    }),
    body: z.object({ text: z.string().check(z.minLength(1, 'must not be empty')) }),
    textBody: true,
    status: 200,
    output: Verdict,
    errors: [],
  },
  updateCluster: {
    method: 'PATCH',
    path: '/v1/clusters/{name}',
    summary:
      'Ask for a running cluster to be given another tier, other counts or limits. Jobs go on running.',
    params: ByName,
    query: None,
    body: UpdateCluster,
    audited: true,
    status: 202,
    output: ClusterView,
    errors: updateErrors,
  },
  deleteCluster: {
    method: 'DELETE',
    path: '/v1/clusters/{name}',
    summary:
      'Ask for a cluster to be deleted, also while it is being created. By force nothing is exported first, and what cannot be deleted is left and told.',
    params: ByName,
    query: z.strictObject({ force: z.optional(z.enum(['true', 'false'])) }),
    audited: true,
    status: 202,
    output: ClusterView,
    errors: ['ClusterNotFound', 'Conflict'],
  },
  rotateKeys: {
    method: 'POST',
    path: '/v1/clusters/{name}/keys',
    summary:
      'Ask for new SSH keys of a running cluster. Both pairs work until the new ones are installed; then the old ones are refused and deleted. Jobs go on running.',
    params: ByName,
    query: None,
    body: RotateKeys,
    audited: true,
    status: 202,
    output: ClusterView,
    errors: ['ClusterNotFound', 'ClusterBusy', 'ClusterDeleting', 'ClusterFailed', 'KeysFixed', 'Conflict'],
  },
  getUsage: {
    method: 'GET',
    path: '/v1/usage',
    summary:
      'What jobs used, by project, user, queue and day (UTC), of clusters that are gone too. Hours are of allocated nodes and CPUs; a job counts on the day of its start. A page holds whole projects; only a missing cursor ends the report.',
    params: None,
    query: UsageInput,
    status: 200,
    output: UsageReport,
    errors: ['NoAccounting'],
  },
  listAudit: {
    method: 'GET',
    path: '/v1/audit',
    summary:
      'Who asked for what, when, and what became of it, newest first; of the last seven days unless a time, a cluster or a caller is given. A page may be short; only a missing cursor ends the list.',
    params: None,
    query: AuditInput,
    status: 200,
    output: z.object({ entries: z.array(AuditEntry), cursor: z.optional(z.string()) }),
    errors: [],
  },
  listTiers: {
    method: 'GET',
    path: '/v1/tiers',
    summary: 'The shapes that a cluster can have.',
    params: None,
    query: None,
    status: 200,
    output: z.object({ tiers: z.array(TierSummary) }),
    errors: [],
  },
  getOpenApi: {
    method: 'GET',
    path: '/v1/openapi.json',
    summary: 'This API as an OpenAPI 3 document.',
    params: None,
    query: None,
    status: 200,
    output: z.looseObject({ openapi: z.string() }),
    errors: [],
  },
  getVersion: {
    method: 'GET',
    path: '/v1/version',
    summary: 'The version of this service and of the ParallelCluster that it runs.',
    params: None,
    query: None,
    status: 200,
    output: z.object({ version: z.string(), parallelCluster: z.string(), site: z.string() }),
    errors: [],
  },
  getPreflight: {
    method: 'GET',
    path: '/v1/preflight',
    summary:
      'Whether the deployed account is fit for clusters: network, quotas, provider, image; with what to do.',
    params: None,
    query: None,
    servedBy: 'preflight',
    status: 200,
    output: PreflightReport,
    errors: [],
  },
  ...readRoutes,
  ...orphanRoutes,
  ...pclusterRoutes,
} as const satisfies Record<string, Route>

export type RouteName = keyof typeof routes
/** The routes that the API's own function answers. */
export type ApiRouteName = {
  [R in RouteName]: (typeof routes)[R] extends { servedBy: string } ? never : R
}[RouteName]
// An empty schema allows no key of its own; it must not forbid those of the other parts.
type Part<S> = S extends z.ZodMiniType ? (string extends keyof z.infer<S> ? unknown : z.infer<S>) : unknown

/** What a route's function receives: path, query and body, parsed. */
export type Input<R extends RouteName> = Part<(typeof routes)[R]['params']> &
  Part<(typeof routes)[R]['query']> &
  ((typeof routes)[R] extends { body: infer B } ? Part<B> : unknown)
export type Output<R extends RouteName> = z.infer<(typeof routes)[R]['output']>
export { commonErrors } from './errors.ts'
export type { Route } from './route.ts'
