// Who is admitted next: deletions first, since they free what others wait for; then whose virtual lab has the fewest
// operations in flight; then who has waited longest. So a lab that asks for a hundred clusters delays another's one by
// no more than what is in flight, and a lab that has nothing in flight is served by age, whatever else comes.
import type { QueueEntry } from './entry.ts'

/** The entries that wait, in the order in which they will be admitted if nothing else comes. */
export function inOrder(entries: QueueEntry[]): QueueEntry[] {
  const inFlight = new Map<string, number>()
  const has = (lab: string) => inFlight.get(lab) ?? 0
  const add = (lab: string) => inFlight.set(lab, has(lab) + 1)
  for (const { virtualLab, admittedAt } of entries) if (admittedAt !== undefined) add(virtualLab)
  const waiting = entries.filter(({ admittedAt }) => admittedAt === undefined).sort(byAge)
  const isDeletion = ({ kind }: QueueEntry) => kind === 'delete'

  const admitted: QueueEntry[] = []
  for (const some of [waiting.filter(isDeletion), waiting.filter((one) => !isDeletion(one))]) {
    const labs = Map.groupBy(some, ({ virtualLab }) => virtualLab)
    while (labs.size > 0) {
      const [lab, theirs] = [...labs].reduce((best, one) => (isBefore(one, best) ? one : best))
      const [first, ...rest] = theirs
      if (first) admitted.push(first)
      add(lab)
      if (rest.length > 0) labs.set(lab, rest)
      else labs.delete(lab)
    }
  }
  return admitted

  function isBefore([lab, [head]]: [string, QueueEntry[]], [other, [otherHead]]: [string, QueueEntry[]]) {
    const difference = has(lab) - has(other)
    return difference < 0 || (difference === 0 && !!head && !!otherHead && byAge(head, otherHead) < 0)
  }
}

/** Of two that came at the same moment the name decides, so that everybody sees the same order. */
const byAge = (a: QueueEntry, b: QueueEntry): number =>
  a.since === b.since ? (a.name < b.name ? -1 : 1) : a.since < b.since ? -1 : 1
