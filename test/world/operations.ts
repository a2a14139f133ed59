// The in-memory queue and counts: what aws/operations.ts promises, kept by the same conditions.
import type { Change } from '../../core/cloud.ts'
import { claimsOf } from '../../core/queue/claims.ts'
import type { Queue, QueueEntry } from '../../core/queue/entry.ts'
import type { Start } from '../../core/queue/limits.ts'

export function operationsTable() {
  const labs = new Map<string, number>()
  const entries = new Map<string, QueueEntry>()
  const at: { inFlight: number; started: number; minute?: string } = { inFlight: 0, started: 0 }
  const clustersOf = (lab: string) => labs.get(lab) ?? 0

  const mayBegin = ({ inFlight, perMinute, minute, isFirst }: Start): boolean =>
    at.inFlight < inFlight &&
    (isFirst ? at.minute === undefined || at.minute < minute : at.minute === minute && at.started < perMinute)

  function begin({ minute, isFirst }: Start): void {
    at.started = isFirst ? 1 : at.started + 1
    at.minute = minute
  }

  /** What the change does here, if its bounds hold. */
  function prepare({ before, after, bounds = {} }: Change): (() => void) | undefined {
    const { name, virtualLab } = after ?? (before as NonNullable<Change['before']>)
    const { clusters, inFlight, entry } = claimsOf(before, after)
    const start = inFlight > 0 ? bounds.start : undefined
    const { clustersPerVirtualLab: most = Number.POSITIVE_INFINITY } = bounds
    if (clusters > 0 && clustersOf(virtualLab) >= most) return undefined
    if (start && !mayBegin(start)) return undefined
    return () => {
      if (clusters !== 0) labs.set(virtualLab, clustersOf(virtualLab) + clusters)
      if (start) begin(start)
      at.inFlight += inFlight
      if (entry === 'none') entries.delete(name)
      else if (entry) entries.set(name, entry)
    }
  }

  const queue = (): Queue => structuredClone({ ...at, entries: [...entries.values()] })
  return { labs, entries, at, clustersOf, prepare, queue }
}
