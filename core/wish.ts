// The wish for a cluster: what a create takes.

import { Id } from './cluster.ts'
import { lifeWish } from './lifetime/life.ts'
import { Resources } from './shape/resources.ts'
import * as z from './zod.ts'

export const CreateCluster = z
  .strictObject({
    virtualLab: Id,
    project: Id,
    tier: z
      .optional(z.string().check(z.maxLength(64)))
      .check(z.describe('`debug` where neither it nor `resources` is given.')),
    lustre: z.optional(z.boolean()).check(z.describe('`true`, but for a tier that takes none.')),
    benchmark: z._default(z.boolean(), false),
    resources: z
      .optional(Resources)
      .check(z.describe('The smallest shape with so much, of the tier if one is given.')),
    ...lifeWish,
  })
  .register(z.globalRegistry, { id: 'CreateCluster' })
export type CreateCluster = z.infer<typeof CreateCluster>
