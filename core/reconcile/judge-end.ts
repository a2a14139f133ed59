// What is due of an end that comes nearer, or has gone farther away: shared by lifetimes and idleness.
import type { NewEvent } from '../cloud.ts'
import type { Context } from '../context.ts'
import { type End, stands, verdictOn, warnSeconds } from '../lifetime/due.ts'
import type { Life, Warned } from '../lifetime/life.ts'

export type Term = NonNullable<Life['lifetime']>
/** What a look at one of the two led to: what is known from then on, what is told, and whether it is over. */
export type Seen<T> = { after: T | undefined; events: NewEvent[]; end?: NewEvent }
type Words = { reason: 'LifetimeEnds' | 'Idle'; message: string; otherwise: string }

export function judge(
  { cloud, site }: Context,
  term: Term,
  end: End,
  warned: Warned | undefined,
  { reason, message, otherwise }: Words,
): { after: Warned | undefined; events: NewEvent[]; does: 'wait' | 'warn' | 'end'; nextAt: number } {
  const now = cloud.now().getTime()
  const verdict = verdictOn(end, warned, { now, warnSeconds: warnSeconds(term, site.lifetimes) })
  const still = warned && stands(warned, end.of) ? warned : undefined
  if (verdict.do === 'end') return { after: still, events: [], does: 'end', nextAt: now }
  if (verdict.do === 'wait')
    return {
      after: still,
      events: warned && !still ? [stays(otherwise)] : [],
      does: 'wait',
      nextAt: verdict.until,
    }
  const endsAt = iso(verdict.endsAt)
  return {
    after: { of: iso(end.of), endsAt },
    events: [{ type: 'Warning', reason, message, endsAt }],
    does: 'warn',
    nextAt: verdict.endsAt,
  }
}

export const extended = 'its time was changed'
export const stays = (why: string): NewEvent => ({
  type: 'Progress',
  message: `The cluster stays: ${why}.`,
})
export const iso = (millis: number): string => new Date(millis).toISOString()
