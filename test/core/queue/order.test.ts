// Who is admitted next: one row per rule, and what holds whoever waits.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { QueueEntry } from '../../../core/queue/entry.ts'
import { inOrder } from '../../../core/queue/order.ts'

const at = (second: number) => new Date(Date.UTC(2026, 7, 1) + second * 1000).toISOString()
/** `lab+2` waits since second 2, `lab-2` asks for a deletion, `lab*2` is in flight. */
const entry = (text: string): QueueEntry => {
  const [, virtualLab = '', sign, second] = /^(\w+)([-+*])(\d+)$/.exec(text) ?? []
  return {
    name: text,
    deploymentId: 'd',
    virtualLab,
    kind: sign === '-' ? 'delete' : 'create',
    since: at(Number(second)),
    ...(sign === '*' ? { admittedAt: at(0) } : {}),
  }
}
const order = (texts: string[]) => inOrder(texts.map(entry)).map(({ name }) => name)

describe('the queue', () => {
  it.each([
    { of: ['a+2', 'a+1', 'a+3'], order: ['a+1', 'a+2', 'a+3'], because: 'a lab is served by age' },
    {
      of: ['a+1', 'a+2', 'a+3', 'b+9'],
      order: ['a+1', 'b+9', 'a+2', 'a+3'],
      because: 'labs take turns, however many clusters one of them asks for',
    },
    {
      of: ['a*0', 'a*1', 'a+1', 'b*0', 'b+8', 'c+9'],
      order: ['c+9', 'b+8', 'a+1'],
      because: 'who has fewest in flight is first',
    },
    {
      of: ['a+1', 'b-9', 'b-8'],
      order: ['b-8', 'b-9', 'a+1'],
      because: 'a deletion frees what others wait for',
    },
    { of: ['a*1', 'b*1'], order: [], because: 'what is in flight does not wait' },
    {
      of: ['b+1', 'a+1'],
      order: ['a+1', 'b+1'],
      because: 'of two of one moment everybody sees the same first',
    },
  ])('$of is served as $order, because $because', ({ of, order: expected }) => {
    expect(order(of)).toEqual(expected)
  })

  const entries = fc.uniqueArray(
    fc
      .record({
        lab: fc.constantFrom('a', 'b', 'c', 'd'),
        sign: fc.constantFrom('+', '+', '-', '*'),
        at: fc.nat(30),
      })
      .map((one) => `${one.lab}${one.sign}${one.at}`),
    { maxLength: 40 },
  )

  it('serves everyone who waits once, whatever order it is read in', () => {
    fc.assert(
      fc.property(entries, fc.infiniteStream(fc.nat(1000)), (texts, rolls) => {
        const waiting = texts.filter((text) => !text.includes('*'))
        const shuffled = texts
          .map((text) => ({ text, roll: rolls.next().value ?? 0 }))
          .sort((one, other) => one.roll - other.roll)
          .map(({ text }) => text)
        expect(order(texts).toSorted()).toEqual(waiting.toSorted())
        expect(order(shuffled)).toEqual(order(texts))
      }),
    )
  })

  it('never serves a younger one of a lab before an older one of the same kind', () => {
    fc.assert(
      fc.property(entries, (texts) => {
        const served = order(texts)
        for (const lab of ['a', 'b', 'c', 'd'])
          for (const sign of ['+', '-']) {
            const theirs = served.filter((text) => text.startsWith(lab + sign))
            const ages = theirs.map((text) => Number(text.slice(2)))
            expect(ages).toEqual(ages.toSorted((one, other) => one - other))
          }
      }),
    )
  })

  it('starves nobody: a lab that waits is served before any other lab gets two more than it has', () => {
    fc.assert(
      fc.property(entries, (texts) => {
        const has = new Map<string, number>()
        const count = (lab: string) => has.get(lab) ?? 0
        for (const text of texts.filter((one) => one.includes('*')))
          has.set(text.charAt(0), count(text.charAt(0)) + 1)
        const served = order(texts)
        served.forEach((text, nth) => {
          const rivals = served.slice(nth).filter((other) => other.charAt(1) === text.charAt(1))
          for (const rival of rivals)
            expect(count(text.charAt(0))).toBeLessThanOrEqual(count(rival.charAt(0)))
          has.set(text.charAt(0), count(text.charAt(0)) + 1)
        })
      }),
    )
  })
})
