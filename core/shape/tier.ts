// A tier as the API shows it: a named shape of cluster, read from cluster-configs/.
import * as z from '../zod.ts'

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
            minCount: z.int(),
            maxCount: z.int(),
            efa: z.boolean(),
            simultaneousMultithreading: z.boolean(),
          }),
        ),
        placementGroup: z.boolean(),
        /** Slurm's limits per job, as the partition has them. */
        limits: z.object({ maxNodes: z.nullable(z.string()), maxTime: z.nullable(z.string()) }),
      }),
    ),
    /** The most compute nodes that the cluster can have. */
    maxNodes: z.int(),
    /** What a create may give beside the tier. */
    accepts: z.array(z.enum(options)),
    /** What a cluster gets that is asked for without a word of it; or `none`. */
    lifetime: z.string(),
    idleTimeout: z.string(),
  })
  .register(z.globalRegistry, { id: 'Tier' })
export type TierSummary = z.infer<typeof TierSummary>
