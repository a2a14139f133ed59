// Whether a head node still tells what it has to tell. Its clock may be another one than ours, so that its times are
// never compared with ours: a line that was not there at the look before is new, and one that stays the newest is old.
import type { Activity } from './activity.ts'
import type { Watch } from './life.ts'

/** A head node that is well tells at least every two minutes: what is new between two looks so near each other is of now. */
export const freshSeconds = 180
/** After so long without a new line that is told. */
export const silenceSeconds = 600

type Idle = NonNullable<Watch['idle']>
/** `unread`: the look at it failed. */
export type Word = Activity | 'none' | 'unread'

export type Hearing = {
  /** What the next look compares with. */
  kept: Pick<Idle, 'heard' | 'readAt' | 'staleSince' | 'silent'>
  /** Something new has come since the look before. */
  isNew: boolean
  /** It says what is now, or was some minutes ago. */
  isFresh: boolean
  isSilent: boolean
}

export function hear(word: Word, before: Idle | undefined, now: number, readyAt?: string): Hearing {
  const at = new Date(now).toISOString()
  const isRead = word !== 'unread'
  const heard = word === 'unread' ? before?.heard : word === 'none' ? undefined : word.time
  const readBefore = isRead ? before?.readAt : undefined
  const isNew = readBefore !== undefined && heard !== undefined && heard !== before?.heard
  const staleSince = isNew ? undefined : (before?.staleSince ?? beganToBeStale())
  const gap = readBefore === undefined ? Number.NaN : now - Date.parse(readBefore)
  return {
    kept: {
      heard,
      readAt: isRead ? at : before?.readAt,
      staleSince,
      silent: isNew ? undefined : before?.silent,
    },
    isNew,
    isFresh: isNew && gap >= 0 && gap <= freshSeconds * 1000,
    isSilent: staleSince !== undefined && now - Date.parse(staleSince) >= silenceSeconds * 1000,
  }

  function beganToBeStale(): string | undefined {
    if (!isRead) return at
    // The first line that is read may be old or new.
    return readBefore ?? (heard === undefined ? (readyAt ?? at) : undefined)
  }
}
