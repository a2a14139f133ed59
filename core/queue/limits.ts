// How much a site bears at once: what a write that admits an operation, or takes a place of a virtual lab, is held to.
import * as z from '../zod.ts'
import type { Queue } from './entry.ts'

export const Limits = z.object({
  /** How many clusters of one virtual lab may hold a subnet at once. A project has one cluster by construction. */
  clustersPerVirtualLab: z._default(z.int().check(z.positive()), 100),
  /**
   * How many clusters may be built, updated or deleted at once. The policy of the provider's function takes about 50
   * operations, of which each adds a permission to it: so no more than 40, with room for retries.
   */
  operationsInFlight: z._default(z.int().check(z.positive()), 30),
  /** How many of these may begin in one minute. */
  startsPerMinute: z._default(z.int().check(z.positive()), 20),
})
export type Limits = z.infer<typeof Limits>

/** What must hold when an operation is admitted. `isFirst`: nothing was admitted in that minute so far as was seen. */
export type Start = { inFlight: number; perMinute: number; minute: string; isFirst: boolean }

export const startAt = ({ minute: last }: Queue, limits: Limits, now: Date): Start => {
  const minute = now.toISOString().slice(0, 16)
  // Of two clocks the later one counts.
  return last !== undefined && last >= minute
    ? { inFlight: limits.operationsInFlight, perMinute: limits.startsPerMinute, minute: last, isFirst: false }
    : { inFlight: limits.operationsInFlight, perMinute: limits.startsPerMinute, minute, isFirst: true }
}

/** How many more may be admitted now. */
export function room(queue: Queue, limits: Limits, now: Date): number {
  const { isFirst } = startAt(queue, limits, now)
  const starts = limits.startsPerMinute - (isFirst ? 0 : queue.started)
  return Math.max(0, Math.min(limits.operationsInFlight - queue.inFlight, starts))
}
