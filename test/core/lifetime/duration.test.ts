// Times as people write them.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Duration, DurationOrNone, durationText, secondsOf } from '../../../core/lifetime/duration.ts'

describe('a time', () => {
  it.each([
    ['90s', 90, '1m30s'],
    ['30m', 1800, '30m'],
    ['90m', 5400, '1h30m'],
    ['8h', 28_800, '8h'],
    ['24h', 86_400, '1d'],
    ['1d12h', 129_600, '1d12h'],
    ['0d8h', 28_800, '8h'],
  ])('%s is %d seconds, kept as %s', (text, seconds, kept) => {
    expect(secondsOf(text)).toBe(seconds)
    expect(Duration.parse(text)).toBe(kept)
  })

  it.each([
    '',
    '8',
    'h',
    '8 h',
    '-8h',
    '8h30',
    '30m8h',
    '1.5h',
    '8H',
    'P1D',
    '1w',
    '9s',
    '0s',
    '3651d',
    'none',
  ])('is not %j', (text) => expect(Duration.safeParse(text).success).toBe(false))

  it('may be none where that is allowed', () => {
    expect(DurationOrNone.parse('none')).toBe('none')
    expect(DurationOrNone.safeParse('never').success).toBe(false)
  })

  it('is written in one way, which means the same and is read again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 3650 * 86_400 }), (seconds) => {
        const text = durationText(seconds)
        expect(secondsOf(text)).toBe(seconds)
        expect(Duration.parse(text)).toBe(text)
      }),
    )
  })
})
