// The queue of operations, and what a record has of it. Building, updating and deleting a cluster is an operation of
// ParallelCluster's provider, which bears only so many at once. A record that needs one waits in the queue until it is
// admitted, and is in flight from then on until the operation has ended.
import { Instant } from '../instant.ts'
import * as z from '../zod.ts'

export const OperationKind = z.enum(['create', 'update', 'delete'])
export type OperationKind = z.infer<typeof OperationKind>

export const Operation = z.object({
  kind: OperationKind,
  /** Since when it is wanted, by which it has its place. */
  since: Instant,
  /** Since when it is in flight; none while it waits. */
  admittedAt: z.optional(Instant),
})
export type Operation = z.infer<typeof Operation>

/** One record's line of the queue. */
export const QueueEntry = z.extend(Operation, {
  name: z.string(),
  deploymentId: z.string(),
  virtualLab: z.string(),
})
export type QueueEntry = z.infer<typeof QueueEntry>

/** The queue as it is: what is in flight is counted apart from the entries, by the writes that admit. */
export type Queue = {
  inFlight: number
  /** How many were admitted in `minute`, the last one in which any was: as in 2026-11-22T10:05. */
  started: number
  minute?: string
  entries: QueueEntry[]
}

/** What of a record the queue goes by. */
export type Queued = Pick<QueueEntry, 'name' | 'deploymentId' | 'virtualLab'> & {
  operation?: Operation | undefined
}

export const entryOf = ({ name, deploymentId, virtualLab, operation }: Queued): QueueEntry | undefined =>
  operation && { name, deploymentId, virtualLab, ...operation }

export const isInFlight = (of: Pick<Queued, 'operation'> | undefined): boolean =>
  of?.operation?.admittedAt !== undefined

export const isWaiting = (of: Pick<Queued, 'operation'>): boolean =>
  of.operation !== undefined && !isInFlight(of)
