// What a PATCH may change of a cluster beside its tier, kept apart from the tier's own file: counts of nodes and the
// limits of one job.

import type { ErrorCode } from '../errors.ts'
import { lifeWish } from '../lifetime/life.ts'
import type { ComputeResource, Queue } from '../render/templates.ts'
import * as z from '../zod.ts'

// slurm.conf(5), MaxTime: minutes, minutes:seconds, hours:minutes:seconds, days-hours and so on, or no limit.
const slurmTime = /^(?:\d{1,7}(?::\d{1,2}){0,2}|\d{1,4}-\d{1,2}(?::\d{1,2}){0,2}|INFINITE|UNLIMITED)$/

// ParallelCluster gives a cluster no more compute resources (its user guide, "SlurmQueues").
const mostResources = 50

export const Changes = z.strictObject({
  /** The most nodes of a compute resource, by its name. */
  maxCounts: z.optional(
    z
      .record(
        z.string().check(z.minLength(1), z.maxLength(64)),
        z.int().check(z.minimum(1), z.maximum(10_000)),
      )
      .check(
        z.refine(
          (counts) => Object.keys(counts).length <= mostResources,
          `must name at most ${mostResources}`,
        ),
      ),
  ),
  /** The most nodes of one job. */
  maxNodes: z.optional(z.int().check(z.minimum(1), z.maximum(10_000))),
  /** The longest that one job may run, in Slurm's own formats. */
  maxTime: z.optional(
    z
      .string()
      .check(
        z.regex(
          slurmTime,
          'must be a time as Slurm writes it: 90, 30:00, 12:00:00, 1-12, 1-12:30:00 or INFINITE',
        ),
        z.regex(/[1-9A-Z]/, 'must be more than no time at all'),
      ),
  ),
})
export type Changes = z.infer<typeof Changes>

// What a create takes and no update: a cluster keeps its storage, and a tailor-made one the instance type it was given.
const Lasting = z.optional(
  z.never(
    'cannot be changed: give maxCounts, maxNodes, maxTime or a tier, or delete the cluster and create it anew',
  ),
)

/** The body of a PATCH. */
export const UpdateCluster = z
  .strictObject({
    tier: z.optional(z.string().check(z.maxLength(64))),
    ...Changes.shape,
    ...lifeWish,
    ...{ resources: Lasting, lustre: Lasting, benchmark: Lasting },
  })
  .check(
    z.refine(
      (body) => Object.values(body).some((value) => value !== undefined),
      'give at least one of tier, maxCounts, maxNodes, maxTime, lifetime and idleTimeout',
    ),
  )
  .register(z.globalRegistry, { id: 'UpdateCluster', minProperties: 1 })

/** How a PATCH can fail. */
export const updateErrors: readonly ErrorCode[] = [
  'UnknownTier',
  'ClusterNotFound',
  'UpdateRefused',
  'ClusterBusy',
  'ClusterDeleting',
  'ClusterFailed',
  'Conflict',
]

/** The queues with the changes in them: a compute resource by its name in whichever queue, limits in every queue. */
export function withChanges(queues: Queue[], { maxCounts = {}, maxNodes, maxTime }: Changes): Queue[] {
  const limits = {
    ...(maxNodes === undefined ? {} : { MaxNodes: maxNodes }),
    ...(maxTime === undefined ? {} : { MaxTime: maxTime }),
  }
  const resized = (one: ComputeResource): ComputeResource =>
    Object.hasOwn(maxCounts, one.Name) ? { ...one, MaxCount: maxCounts[one.Name] as number } : one
  return queues.map((queue) => ({
    ...queue,
    ...(Object.keys(limits).length > 0
      ? { CustomSlurmSettings: { ...queue.CustomSlurmSettings, ...limits } }
      : {}),
    ComputeResources: queue.ComputeResources.map(resized),
  }))
}

/** Later changes on top of earlier ones. */
export const addChanges = (earlier: Changes, later: Changes): Changes => ({
  ...earlier,
  ...later,
  ...(earlier.maxCounts || later.maxCounts
    ? { maxCounts: { ...earlier.maxCounts, ...later.maxCounts } }
    : {}),
})
