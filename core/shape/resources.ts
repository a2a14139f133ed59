// What a tailor-made cluster is asked for by, and the shape that it was given for it.
import * as z from '../zod.ts'

/** What a job needs of each node, and how many nodes. `tier` with it is the frame that the shape must stay in. */
export const Resources = z
  .strictObject({
    nodes: z
      .int()
      .check(z.minimum(1), z.maximum(1000), z.describe('The most nodes at once, and of one job.')),
    vcpusPerNode: z
      .optional(z.int().check(z.minimum(1), z.maximum(1024)))
      .check(
        z.describe('At least so many vCPUs; cores where a tightly coupled job has its threads switched off.'),
      ),
    memoryGiBPerNode: z
      .optional(z.number().check(z.positive(), z.maximum(65_536)))
      .check(z.describe('At least so much for jobs: ParallelCluster keeps 5% of a node for itself.')),
    gpusPerNode: z
      .optional(z.int().check(z.minimum(0), z.maximum(16)))
      .check(z.describe('At least so many; none unless asked for.')),
    tightlyCoupled: z
      .optional(z.boolean())
      .check(
        z.describe(
          'One thread per core, a placement group, and EFA: for several nodes a type that has it, if any fits.',
        ),
      ),
    maxRuntimeMinutes: z
      .optional(z.int().check(z.minimum(1), z.maximum(525_600)))
      .check(z.describe('The longest time of one job.')),
  })
  .register(z.globalRegistry, { id: 'Resources' })
export type Resources = z.infer<typeof Resources>

/** The answer to a wish for resources. It is kept with the cluster: what is known of types may change, the cluster does not. */
export const Shape = z
  .object({
    queue: z.string(),
    instanceType: z.string(),
    nodes: z.int(),
    maxNodesPerJob: z.int(),
    /** What Slurm gives out of each node: vCPUs, or cores where multithreading is switched off. */
    cpusPerNode: z.int(),
    memoryGiBPerNode: z.number(),
    gpusPerNode: z.int(),
    simultaneousMultithreading: z.boolean(),
    placementGroup: z.boolean(),
    efa: z.boolean(),
    maxRuntimeMinutes: z.nullable(z.int()),
    /** Why it is this one, a sentence for people. */
    why: z.string(),
  })
  .register(z.globalRegistry, { id: 'Shape' })
export type Shape = z.infer<typeof Shape>

/** In place of a tier's name where a cluster has none. No tier can be called that. */
export const tailored = 'tailored'
