// A tier as the API shows it: a named shape of cluster, read from cluster-configs/.
import * as z from 'zod'

/** What a create may give beside a tier; `resources` narrow it. */
export const options = ['lustre', 'benchmark', 'resources'] as const
export type Option = (typeof options)[number]

export const TierSummary = z
  .object({
    name: z.string(),
    description: z.string(),
    queues: z.array(
      z.object({
        name: z.string(),
        computeResources: z.array(
          z.object({
            name: z.string(),
            instanceTypes: z.array(z.string()),
            minCount: z.number().int(),
            maxCount: z.number().int(),
            efa: z.boolean(),
            simultaneousMultithreading: z.boolean(),
          }),
        ),
        placementGroup: z.boolean(),
        /** Slurm's limits per job, as the partition has them. */
        limits: z.object({ maxNodes: z.string().nullable(), maxTime: z.string().nullable() }),
      }),
    ),
    /** The most compute nodes that the cluster can have. */
    maxNodes: z.number().int(),
    /** What a create may give beside the tier. */
    accepts: z.array(z.enum(options)),
    /** What a cluster gets that is asked for without a word of it; or `none`. */
    lifetime: z.string(),
    idleTimeout: z.string(),
  })
  .meta({ id: 'Tier' })
export type TierSummary = z.infer<typeof TierSummary>
