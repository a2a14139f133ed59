// When something is due of a cluster's lifetime: a warning, the end, or a question whether it has jobs. Pure.
import { isBuilt } from '../built.ts'
import type { Cluster } from '../cluster.ts'
import { secondsOf } from './duration.ts'
import type { Life, Lifetimes, Warned } from './life.ts'

type Living = Pick<Cluster, 'wanted' | 'status' | 'failure' | 'readyAt' | 'life' | 'watch'>
type Term = NonNullable<Life['lifetime']>

/** How long before the end its owner is warned: half an hour, or a tenth of the time where that is less. */
export const warnSeconds = ({ length }: Term, { warning }: Lifetimes): number =>
  Math.ceil(Math.min(secondsOf(warning), secondsOf(length) / 10))

/** When the lifetime is over; undefined before the cluster is ready, and for one without an end. */
export function expiryOf({ life, readyAt }: Pick<Cluster, 'life' | 'readyAt'>): number | undefined {
  return life?.lifetime && readyAt ? endOf(life.lifetime, [readyAt]) : undefined
}

/** When a term is over that counts from the latest of these moments, and from when it was set. */
export const endOf = ({ length, since }: Term, from: (string | undefined)[]): number =>
  Math.max(...[since, ...from].flatMap((time) => (time ? Date.parse(time) : []))) + secondsOf(length) * 1000

/** An end: by which it is known from another one, and when it comes by our clock, as far as is known now. */
export type End = { of: number; at: number }
export type Verdict = { do: 'wait'; until: number } | { do: 'warn'; endsAt: number } | { do: 'end' }

/** What is due of an end. Nothing ends but after a warning of this very end, and never sooner than the warning said. */
export function verdictOn(
  { of, at }: End,
  warned: Warned | undefined,
  { now, warnSeconds }: { now: number; warnSeconds: number },
): Verdict {
  const warnMillis = warnSeconds * 1000
  if (warned && stands(warned, of)) {
    const until = Math.max(Date.parse(warned.endsAt), at)
    return now >= until ? { do: 'end' } : { do: 'wait', until }
  }
  if (now < at - warnMillis) return { do: 'wait', until: at - warnMillis }
  // Who slept through the warning's time gives it late, and the end waits for it.
  return { do: 'warn', endsAt: Math.max(at, now + warnMillis) }
}

/** Whether a warning is still of the end that there is. */
export const stands = ({ of }: Warned, end: number | undefined): boolean => Date.parse(of) === end

/** The first moment at which a warning, an end or a question is due; undefined where none ever is. */
export function nextOfLife(cluster: Living, lifetimes: Lifetimes): number | undefined {
  const { wanted, failure, readyAt, life, watch } = cluster
  if (wanted === 'absent' || failure || !readyAt || !isBuilt(cluster)) return undefined
  const at = [
    ...(life?.lifetime || watch?.lifetime ? [nextOfLifetime(cluster, lifetimes)] : []),
    ...(life?.idleTimeout || watch?.idle?.warned ? [nextIdleLook(cluster, lifetimes)] : []),
  ]
  return at.length > 0 ? Math.min(...at) : undefined
}

const atOnce = 0

function nextOfLifetime(cluster: Living, lifetimes: Lifetimes): number {
  const { life, watch } = cluster
  const end = expiryOf(cluster)
  if (!life?.lifetime || end === undefined || (watch?.lifetime && !stands(watch.lifetime, end))) return atOnce
  return watch?.lifetime
    ? Date.parse(watch.lifetime.endsAt)
    : end - warnSeconds(life.lifetime, lifetimes) * 1000
}

/** When the head node is to be asked: not before the cluster could have been idle for long enough. */
export function nextIdleLook({ life, watch, readyAt }: Living, lifetimes: Lifetimes): number {
  const [term, seen] = [life?.idleTimeout, watch?.idle]
  if (!term) return atOnce
  if (seen && !(term.since && term.since > seen.checkedAt)) return Date.parse(seen.nextAt)
  if (seen?.warned) return atOnce
  return endOf(term, [readyAt]) - warnSeconds(term, lifetimes) * 1000
}

export const lifeIsDue = (cluster: Living, lifetimes: Lifetimes, now: Date): boolean =>
  (nextOfLife(cluster, lifetimes) ?? Number.POSITIVE_INFINITY) <= now.getTime()
