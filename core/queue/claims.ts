// What a write changes beside the record: how many clusters its virtual lab has, how many operations are in flight, and
// its line of the queue. All three follow from the record before and after, and are written in the same transaction, so
// that none of them can leak, whatever dies when.
import type { Cluster } from '../cluster.ts'
import { entryOf, isInFlight, type QueueEntry } from './entry.ts'

export type Claims = {
  clusters: -1 | 0 | 1
  inFlight: -1 | 0 | 1
  /** The new line, or that there is none any more; undefined where it stays as it is. */
  entry?: QueueEntry | 'none'
}

/** A cluster counts while it holds a slot. One that was made before clusters were counted is counted with its next write. */
export const counts = (cluster: Cluster | undefined): boolean => cluster?.slot !== undefined

type Step = -1 | 0 | 1
const step = (before: boolean, after: boolean): Step => (Number(after) - Number(before)) as Step

export function claimsOf(before: Cluster | undefined, after: Cluster | undefined): Claims {
  const [was, is] = [before && entryOf(before), after && entryOf(after)]
  return {
    clusters: step(before?.isCounted === true, counts(after)),
    inFlight: step(isInFlight(before), isInFlight(after)),
    ...(isSame(was, is) ? {} : { entry: is ?? 'none' }),
  }
}

const isSame = (a: QueueEntry | undefined, b: QueueEntry | undefined): boolean =>
  a === b || (!!a && !!b && Object.keys({ ...a, ...b }).every((key) => a[key as 'name'] === b[key as 'name']))
