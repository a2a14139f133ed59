// What is due of an end, and when: no end without a warning that gave its time, however late anybody looks.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextOfLife, stands, verdictOn, warnSeconds } from '../../../core/lifetime/due.ts'
import { Lifetimes, type Warned } from '../../../core/lifetime/life.ts'
import { aCluster } from '../samples.ts'

const lifetimes = Lifetimes.parse({})
const iso = (millis: number) => new Date(millis).toISOString()
const start = Date.parse('2026-08-01T00:00:00Z')

it.each([
  ['8h', 1800],
  ['5h', 1800],
  ['1h', 360],
  ['10s', 1],
])('of %s the warning comes %d seconds before the end', (length, seconds) => {
  expect(warnSeconds({ length }, lifetimes)).toBe(seconds)
})

describe('an end', () => {
  const end = start + 3600_000
  const at = (seconds: number, warned?: Warned) =>
    verdictOn({ of: end, at: end }, warned, { now: start + seconds * 1000, warnSeconds: 360 })
  const warned = { of: iso(end), endsAt: iso(end) }

  it('waits for its warning', () => expect(at(3239)).toEqual({ do: 'wait', until: end - 360_000 }))
  it('is warned of in time', () => expect(at(3240)).toEqual({ do: 'warn', endsAt: end }))
  it('waits once it was', () => expect(at(3599, warned)).toEqual({ do: 'wait', until: end }))
  it('comes then', () => expect(at(3600, warned)).toEqual({ do: 'end' }))
  it('comes later where the warning is late', () =>
    expect(at(9000)).toEqual({ do: 'warn', endsAt: start + 9360_000 }))
  it('comes later than the warning said where it is seen to be farther away', () =>
    expect(verdictOn({ of: end, at: end + 90_000 }, warned, { now: end + 1000, warnSeconds: 360 })).toEqual({
      do: 'wait',
      until: end + 90_000,
    }))
  it('is warned of anew where it is another one', () =>
    expect(at(3600, { of: iso(end - 1), endsAt: iso(end - 1) })).toMatchObject({ do: 'warn' }))

  it('never comes but so long after its own warning, at whatever times anybody looks and it is moved', () => {
    const looks = fc.array(
      fc.record({
        after: fc.integer({ min: -4000, max: 9000 }),
        move: fc.option(fc.integer({ min: 10, max: 9000 })),
      }),
      { minLength: 1, maxLength: 30 },
    )
    fc.assert(
      fc.property(looks, (all) => {
        let [now, moving, given] = [start, end, undefined as (Warned & { at: number }) | undefined]
        for (const { after, move } of all) {
          now += after * 1000
          if (move !== null) moving = now + move * 1000
          const verdict = verdictOn({ of: moving, at: moving }, given, { now, warnSeconds: 60 })
          if (verdict.do === 'warn') given = { of: iso(moving), endsAt: iso(verdict.endsAt), at: now }
          if (verdict.do !== 'end') continue
          expect(given && stands(given, moving)).toBe(true)
          expect(now - (given?.at ?? now)).toBeGreaterThanOrEqual(60_000)
          expect(now).toBeGreaterThanOrEqual(moving)
          return
        }
      }),
    )
  })
})

describe('the next look', () => {
  const ready = { status: 'CREATE_COMPLETE', readyAt: iso(start) } as const
  const next = (changes: object) => nextOfLife(aCluster({ ...ready, ...changes }), lifetimes)

  it('is none without an end, while it is built, and once it is deleted or failed', () => {
    const life = { lifetime: { length: '1h' } }
    expect(next({})).toBeUndefined()
    expect(next({ life, status: 'CREATE_IN_PROGRESS', readyAt: undefined })).toBeUndefined()
    expect(next({ life, wanted: 'absent' })).toBeUndefined()
    expect(next({ life, failure: { reason: 'StackVanished', message: 'gone' } })).toBeUndefined()
  })

  it('is the sooner of lifetime and idleness', () => {
    const life = { lifetime: { length: '1h' }, idleTimeout: { length: '30m' } }
    expect(next({ life })).toBe(start + 27 * 60_000)
    expect(next({ life: { ...life, idleTimeout: { length: '2h' } } })).toBe(start + 54 * 60_000)
  })

  it('counts from ready, or from the PATCH where that is later', () => {
    const since = (at: number) => ({ life: { lifetime: { length: '1h', since: iso(at) } } })
    expect(next(since(start - 1000))).toBe(start + 54 * 60_000)
    expect(next(since(start + 1000))).toBe(start + 54 * 60_000 + 1000)
  })

  it('is at once where somebody was warned of an end that has moved or is no more', () => {
    const watch = { lifetime: { of: iso(start), endsAt: iso(start) } }
    expect(next({ watch, life: { lifetime: { length: '1h' } } })).toBe(0)
    expect(next({ watch })).toBe(0)
  })
})
