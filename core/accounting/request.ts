// What the functions in the VPC are asked, and how they answer: a failure of the database is an answer too.
import * as z from 'zod'
import { ClusterName, Id } from '../cluster.ts'

const DeploymentId = z.string().regex(/^[0-9a-z]{26}$/)

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
  virtualLab: Id.optional(),
  project: Id.optional(),
  from: z.iso.date(),
  to: z.iso.date(),
  limit: z.number().int().min(1).max(100),
  cursor: z.string().max(64).optional(),
})

export const AccountingAnswer = z.union([
  z.object({ done: z.unknown() }).refine(({ done }) => done !== undefined),
  /** The database says no, and would again: its reason. */
  z.object({ refused: z.string() }),
  /** Asking again may succeed. */
  z.object({ unavailable: z.string() }),
])
export type AccountingAnswer = z.infer<typeof AccountingAnswer>
