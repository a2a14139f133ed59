// What is taken for a head node's word of now, by our clock alone.
import { describe, expect, it } from 'vitest'
import { hear, type Word } from '../../../core/lifetime/hearing.ts'
import type { Watch } from '../../../core/lifetime/life.ts'

const start = Date.parse('2026-08-01T00:00:00Z')
const iso = (seconds: number) => new Date(start + seconds * 1000).toISOString()
/** A line of a clock of which nobody knows how far off it is. */
const line = (nth: number): Word => ({
  v: 1,
  time: new Date(Date.parse('2031-01-01T00:00:00Z') - nth * 1000).toISOString(),
  running: 0,
  pending: 0,
  idleSince: null,
})

/** The hearing after the last of these looks, each at so many seconds after ready. */
function after(looks: [seconds: number, word: Word][]) {
  let before: Watch['idle']
  let last: ReturnType<typeof hear> | undefined
  for (const [seconds, word] of looks) {
    last = hear(word, before, start + seconds * 1000, iso(0))
    before = { checkedAt: iso(seconds), nextAt: iso(seconds), ...last.kept }
  }
  return last
}

type Row = { looks: [number, Word][]; isFresh?: true; isSilent?: true; because: string }
const rows: Row[] = [
  { looks: [[60, line(1)]], because: 'the first line that is read may be of any time' },
  {
    looks: [
      [60, line(1)],
      [90, line(2)],
    ],
    isFresh: true,
    because: 'a line has come since a moment ago',
  },
  {
    looks: [
      [60, line(2)],
      [90, line(1)],
    ],
    isFresh: true,
    because: 'also where its clock was set back or forth',
  },
  {
    looks: [
      [60, line(1)],
      [90, line(1)],
    ],
    because: 'it tells every two minutes',
  },
  {
    looks: [
      [60, line(1)],
      [240, line(2)],
    ],
    isFresh: true,
    because: 'it is three minutes old at most',
  },
  {
    looks: [
      [60, line(1)],
      [241, line(2)],
    ],
    because: 'it may be older',
  },
  {
    looks: [
      [60, line(1)],
      [3000, line(2)],
    ],
    because: 'it may be nearly as old as the look before',
  },
  {
    looks: [
      [60, line(1)],
      [3000, line(2)],
      [3090, line(3)],
    ],
    isFresh: true,
    because: 'the next one shows it',
  },
  {
    looks: [
      [60, line(1)],
      [659, line(1)],
    ],
    because: 'it may still come',
  },
  {
    looks: [
      [60, line(1)],
      [660, line(1)],
    ],
    isSilent: true,
    because: 'no new one has come for ten minutes',
  },
  {
    looks: [
      [60, line(1)],
      [660, line(1)],
      [1260, line(2)],
    ],
    because: 'it has come, some time in ten minutes',
  },
  {
    looks: [
      [60, line(1)],
      [660, line(1)],
      [690, line(1)],
      [720, line(2)],
    ],
    isFresh: true,
    because: 'it tells again',
  },
  {
    looks: [
      [60, line(1)],
      [90, line(2)],
      [240, line(2)],
    ],
    isFresh: true,
    because: 'it came less than three minutes ago',
  },
  {
    looks: [
      [60, line(1)],
      [90, line(2)],
      [241, line(2)],
    ],
    because: 'it may have come three minutes ago',
  },
  { looks: [[60, 'none']], because: 'it is ready only now' },
  { looks: [[600, 'none']], isSilent: true, because: 'it has been ready for ten minutes and told nothing' },
  {
    looks: [
      [60, 'none'],
      [90, line(1)],
    ],
    isFresh: true,
    because: 'a moment ago there was no line',
  },
  {
    looks: [
      [60, 'unread'],
      [659, 'unread'],
    ],
    because: 'what fails may pass',
  },
  {
    looks: [
      [60, 'unread'],
      [660, 'unread'],
    ],
    isSilent: true,
    because: 'it could not be read for ten minutes',
  },
  { looks: [[3600, 'unread']], because: 'nothing says that it has failed for long' },
  {
    looks: [
      [60, line(1)],
      [90, 'unread'],
      [120, line(2)],
    ],
    isFresh: true,
    because: 'a line has come since the last one read',
  },
  {
    looks: [
      [60, line(1)],
      [3000, 'unread'],
      [3030, line(2)],
    ],
    because: 'what was read last was long ago',
  },
  {
    looks: [
      [60, line(1)],
      [90, 'unread'],
      [690, line(1)],
    ],
    isSilent: true,
    because: 'the failure between is no new line',
  },
  {
    looks: [
      [120, line(1)],
      [60, line(2)],
    ],
    because: 'one of two clocks of ours was wrong',
  },
]

describe('a head node', () => {
  it.each(rows)('is fresh: $isFresh, silent: $isSilent, because $because', ({ looks, isFresh, isSilent }) => {
    expect(after(looks)).toMatchObject({ isFresh: isFresh ?? false, isSilent: isSilent ?? false })
  })
})
