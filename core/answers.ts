// What the API answers: the schemas that every answer passes through.
import * as z from 'zod'
import { ClusterEvent, Failure, Leftover, Status, Wanted } from './cluster.ts'
import { errorCodes } from './errors.ts'
import { KeysView } from './rotation.ts'
import { Changes } from './shape/changes.ts'
import { Resources, Shape } from './shape/resources.ts'

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
    resources: Resources.nullable(),
    shape: Shape.nullable(),
    /** What updates have made of the tier's counts and limits. */
    changes: Changes.nullable(),
    /** The shape that the update under way, or the one that failed, was to give it. */
    update: z.object({ tier: z.string(), changes: Changes.nullable() }).nullable(),
    wanted: Wanted,
    status: Status,
    /** Its place among the operations that wait for their turn; told of one cluster, not in lists. */
    queue: z
      .object({
        position: z.number().int(),
        ahead: z.number().int(),
        waiting: z.number().int(),
        since: z.iso.datetime(),
      })
      .nullable(),
    /** Why it failed: a stable word, and a sentence. */
    reason: z.string().nullable(),
    message: z.string().nullable(),
    /** What someone else has done to parts of it while it runs. */
    problems: z.array(Failure),
    /** What its deletion could not delete, as CloudFormation tells it. */
    leftovers: z.array(Leftover),
    deploymentId: z.string(),
    subnet: z.object({ cidr: z.string(), id: z.string().nullable(), zone: z.string().nullable() }).nullable(),
    ssh: z
      .object({
        user: z.string(),
        address: z.string().nullable(),
        port: z.number().int(),
        userKeySecretArn: z.string(),
        adminKeySecretArn: z.string(),
      })
      .nullable(),
    /** Whether its keys are being changed: docs/operations.md. */
    keys: KeysView.nullable(),
    /** Slurm's REST API: `url` is where slurmrestd answers once the cluster is ready. */
    slurmRest: z.object({ url: z.url() }).nullable(),
    headNode: z
      .object({
        instanceId: z.string().nullable(),
        instanceType: z.string().nullable(),
        privateIpAddress: z.string(),
        state: z.string().nullable(),
        launchTime: z.string().nullable(),
      })
      .nullable(),
    /** The CloudWatch log group with what its jobs were and did, which outlives it: docs/monitoring.md. */
    jobLogGroup: z.string(),
    /** How long it may be there, and how long without a job, as they were asked for; or `none`. */
    lifetime: z.string(),
    idleTimeout: z.string(),
    /** When its lifetime is over. */
    expiresAt: z.iso.datetime().nullable(),
    /** Since when it has had no job, as it was seen when that last mattered. */
    idleSince: z.iso.datetime().nullable(),
    /** Of which end its owner has been warned, and when that comes unless a PATCH or a job forestalls it. */
    expiring: z.object({ reason: z.enum(['LifetimeEnds', 'Idle']), endsAt: z.iso.datetime() }).nullable(),
    times: z.object({
      requested: z.iso.datetime(),
      statusSince: z.iso.datetime(),
      ready: z.iso.datetime().nullable(),
    }),
  })
  .meta({ id: 'Cluster' })
export type ClusterView = z.infer<typeof ClusterView>

export const EventView = ClusterEvent.omit({ cluster: true, virtualLab: true, project: true }).meta({
  id: 'Event',
})

export const ErrorBody = z
  .object({
    code: z.string().meta({
      description: Object.entries(errorCodes)
        .map(([code, { status, meaning }]) => `\`${code}\` (${status}): ${meaning}`)
        .join('\n\n'),
    }),
    message: z.string(),
    requestId: z.string(),
    details: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Error' })
export type ErrorBody = z.infer<typeof ErrorBody>

export const Finding = z
  .object({
    level: z.enum(['ERROR', 'WARNING', 'INFO']),
    /** The rule's name in ParallelCluster. */
    validator: z.string(),
    /** Where, as in Scheduling.SlurmQueues.0.Name. */
    path: z.string(),
    message: z.string(),
    line: z.number().int().optional(),
    column: z.number().int().optional(),
  })
  .meta({ id: 'Finding' })
export type Finding = z.infer<typeof Finding>

/** What was found in a configuration, the gravest first. */
export const Verdict = z
  .object({
    valid: z.boolean(),
    findings: z.array(Finding),
    more: z.int().optional().describe('How many findings there are beside these.'),
  })
  .meta({ id: 'Verdict' })

/** What a create would make; ids of what does not exist yet are examples. */
export const Plan = z
  .object({
    name: z.string(),
    tier: z.string(),
    lustre: z.boolean(),
    benchmark: z.boolean(),
    /** As in the cluster that the create would answer: what was asked for, and the shape chosen for it and why. */
    resources: Resources.nullable(),
    shape: Shape.nullable(),
    /** How long it would be there, and how long without a job; or `none`. */
    lifetime: z.string(),
    idleTimeout: z.string(),
    configuration: z.record(z.string(), z.unknown()),
    findings: z.array(Finding),
    template: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Plan' })
export type Plan = z.infer<typeof Plan>
