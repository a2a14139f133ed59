// The wish for a cluster: what a create takes.
import * as z from 'zod'
import { Id } from './cluster.ts'
import { lifeWish } from './lifetime/life.ts'
import { Resources } from './shape/resources.ts'

export const CreateCluster = z
  .strictObject({
    virtualLab: Id,
    project: Id,
    tier: z.string().max(64).optional().describe('`debug` where neither it nor `resources` is given.'),
    lustre: z.boolean().optional().describe('`true`, but for a tier that takes none.'),
    benchmark: z.boolean().default(false),
    resources: Resources.optional().describe('The smallest shape with so much, of the tier if one is given.'),
    ...lifeWish,
  })
  .meta({ id: 'CreateCluster' })
export type CreateCluster = z.infer<typeof CreateCluster>
