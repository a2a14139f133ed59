// What a tailor-made cluster is asked for by, and the shape that it was given for it.
import * as z from 'zod'

/** What a job needs of each node, and how many nodes. `tier` with it is the frame that the shape must stay in. */
export const Resources = z
  .strictObject({
    nodes: z.number().int().min(1).max(1000).describe('The most nodes at once, and of one job.'),
    vcpusPerNode: z
      .number()
      .int()
      .min(1)
      .max(1024)
      .optional()
      .describe('At least so many vCPUs; cores where a tightly coupled job has its threads switched off.'),
    memoryGiBPerNode: z
      .number()
      .positive()
      .max(65_536)
      .optional()
      .describe('At least so much for jobs: ParallelCluster keeps 5% of a node for itself.'),
    gpusPerNode: z
      .number()
      .int()
      .min(0)
      .max(16)
      .optional()
      .describe('At least so many; none unless asked for.'),
    tightlyCoupled: z
      .boolean()
      .optional()
      .describe(
        'One thread per core, a placement group, and EFA: for several nodes a type that has it, if any fits.',
      ),
    maxRuntimeMinutes: z
      .number()
      .int()
      .min(1)
      .max(525_600)
      .optional()
      .describe('The longest time of one job.'),
  })
  .meta({ id: 'Resources' })
export type Resources = z.infer<typeof Resources>

/** The answer to a wish for resources. It is kept with the cluster: what is known of types may change, the cluster does not. */
export const Shape = z
  .object({
    queue: z.string(),
    instanceType: z.string(),
    nodes: z.number().int(),
    maxNodesPerJob: z.number().int(),
    /** What Slurm gives out of each node: vCPUs, or cores where multithreading is switched off. */
    cpusPerNode: z.number().int(),
    memoryGiBPerNode: z.number(),
    gpusPerNode: z.number().int(),
    simultaneousMultithreading: z.boolean(),
    placementGroup: z.boolean(),
    efa: z.boolean(),
    maxRuntimeMinutes: z.number().int().nullable(),
    /** Why it is this one, a sentence for people. */
    why: z.string(),
  })
  .meta({ id: 'Shape' })
export type Shape = z.infer<typeof Shape>

/** In place of a tier's name where a cluster has none. No tier can be called that. */
export const tailored = 'tailored'
