// Whether a head node still tells what it has to tell. Its clock may be another one than ours, so that its times are
// never compared with ours: a line that was not there at the look before is new, and one that stays the newest is old.
import type { Activity } from './activity.ts'
import type { Watch } from './life.ts'

/** A head node that is well tells at least every two minutes: so long a line may count for now. */
export const freshSeconds = 180
/** After so long without a new line that is told. */
export const silenceSeconds = 600

type Idle = NonNullable<Watch['idle']>
/** `unread`: the look at it failed. */
export type Word = Activity | 'none' | 'unread'

export type Hearing = {
  /** What the next look compares with. */
  kept: Pick<Idle, 'heard' | 'heardAt' | 'heardAfter' | 'readAt' | 'unreadSince' | 'silent'>
  /** Something has come since the look before. */
  isNew: boolean
  /** The newest line came some moments ago. */
  isFresh: boolean
  isSilent: boolean
}

export function hear(word: Word, before: Idle | undefined, now: number, readyAt?: string): Hearing {
  const at = new Date(now).toISOString()
  const { heard, heardAt, heardAfter, readAt, silent } = before ?? {}
  if (word === 'unread') {
    const unreadSince = before?.unreadSince ?? at
    const kept = { heard, heardAt, heardAfter, readAt, silent, unreadSince }
    return { kept, isNew: false, isFresh: false, isSilent: isOver(unreadSince, silenceSeconds, now) }
  }
  const line = word === 'none' ? undefined : word.time
  const isNew = readAt !== undefined && line !== undefined && line !== heard
  // The first line that is read may be of any time, and what never told anything is silent since it was ready.
  const since = isNew ? at : (heardAt ?? (line === undefined ? (readyAt ?? at) : at))
  const after = isNew ? readAt : heardAfter
  return {
    kept: { heard: line, heardAt: since, heardAfter: after, readAt: at, silent: isNew ? undefined : silent },
    isNew,
    isFresh: after !== undefined && after <= at && now - Date.parse(after) <= freshSeconds * 1000,
    isSilent: isOver(since, silenceSeconds, now),
  }
}

const isOver = (since: string, seconds: number, now: number): boolean =>
  now - Date.parse(since) >= seconds * 1000
