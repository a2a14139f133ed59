// What the API answers about clusters: the schemas that those answers pass through.

import { ClusterEvent, Failure, Leftover, Status, Wanted } from './cluster.ts'
import { Instant } from './instant.ts'
import { KeysView } from './rotation.ts'
import { Changes } from './shape/changes.ts'
import { Resources, Shape } from './shape/resources.ts'
import * as z from './zod.ts'

/** A cluster as its owner sees it. `null` stands for what is not known yet. */
export const ClusterView = z
  .object({
    name: z.string(),
    virtualLab: z.string(),
    project: z.string(),
    tier: z.string(),
    lustre: z.boolean(),
    benchmark: z.boolean(),
    /** What it was asked for by and what was chosen for it; null for a cluster that is its tier. */
    resources: z.nullable(Resources),
    shape: z.nullable(Shape),
    /** What updates have made of the tier's counts and limits. */
    changes: z.nullable(Changes),
    /** The shape that the update under way, or the one that failed, was to give it. */
    update: z.nullable(z.object({ tier: z.string(), changes: z.nullable(Changes) })),
    wanted: Wanted,
    status: Status,
    /** Its place among the operations that wait for their turn; told of one cluster, not in lists. */
    queue: z.nullable(
      z.object({
        position: z.int(),
        ahead: z.int(),
        waiting: z.int(),
        since: Instant,
      }),
    ),
    /** Why it failed: a stable word, and a sentence. */
    reason: z.nullable(z.string()),
    message: z.nullable(z.string()),
    /** What someone else has done to parts of it while it runs. */
    problems: z.array(Failure),
    /** What its deletion could not delete, as CloudFormation tells it. */
    leftovers: z.array(Leftover),
    deploymentId: z.string(),
    subnet: z.nullable(
      z.object({ cidr: z.string(), id: z.nullable(z.string()), zone: z.nullable(z.string()) }),
    ),
    ssh: z.nullable(
      z.object({
        user: z.string(),
        address: z.nullable(z.string()),
        port: z.int(),
        userKeySecretArn: z.string(),
        adminKeySecretArn: z.string(),
      }),
    ),
    /** Whether its keys are being changed: docs/operations.md. */
    keys: z.nullable(KeysView),
    /** Slurm's REST API: `url` is where slurmrestd answers once the cluster is ready. */
    slurmRest: z.nullable(z.object({ url: z.url() })),
    headNode: z.nullable(
      z.object({
        instanceId: z.nullable(z.string()),
        instanceType: z.nullable(z.string()),
        privateIpAddress: z.string(),
        state: z.nullable(z.string()),
        launchTime: z.nullable(z.string()),
      }),
    ),
    /** The CloudWatch log group with what its jobs were and did, which outlives it: docs/monitoring.md. */
    jobLogGroup: z.string(),
    /** How long it may be there, and how long without a job, as they were asked for; or `none`. */
    lifetime: z.string(),
    idleTimeout: z.string(),
    /** When its lifetime is over. */
    expiresAt: z.nullable(Instant),
    /** Since when it has had no job, as it was seen when that last mattered. */
    idleSince: z.nullable(Instant),
    /** Of which end its owner has been warned, and when that comes unless a PATCH or a job forestalls it. */
    expiring: z.nullable(z.object({ reason: z.enum(['LifetimeEnds', 'Idle']), endsAt: Instant })),
    times: z.object({
      requested: Instant,
      statusSince: Instant,
      ready: z.nullable(Instant),
    }),
  })
  .register(z.globalRegistry, { id: 'Cluster' })
export type ClusterView = z.infer<typeof ClusterView>

export const EventView = z
  .omit(ClusterEvent, { cluster: true, virtualLab: true, project: true })
  .register(z.globalRegistry, {
    id: 'Event',
  })
