// What the functions in the VPC are asked, and how they answer: a failure of the database is an answer too.

import { ClusterName, Id } from '../cluster.ts'
import * as z from '../zod.ts'

const DeploymentId = z.string().check(z.regex(/^[0-9a-z]{26}$/))

export const AccountingRequest = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('prepare'),
    name: ClusterName,
    virtualLab: Id,
    project: Id,
    deploymentId: DeploymentId,
  }),
  z.strictObject({ do: z.literal('remove'), name: ClusterName, deploymentId: DeploymentId }),
])
export type AccountingRequest = z.infer<typeof AccountingRequest>

export const UsageRequest = z.strictObject({
  virtualLab: z.optional(Id),
  project: z.optional(Id),
  from: z.iso.date(),
  to: z.iso.date(),
  limit: z.int().check(z.minimum(1), z.maximum(100)),
  cursor: z.optional(z.string().check(z.maxLength(64))),
})

export const AccountingAnswer = z.union([
  z.object({ done: z.unknown() }).check(z.refine(({ done }) => done !== undefined)),
  /** The database says no, and would again: its reason. */
  z.object({ refused: z.string() }),
  /** Asking again may succeed. */
  z.object({ unavailable: z.string() }),
])
export type AccountingAnswer = z.infer<typeof AccountingAnswer>
