// The process of every request, pass and sweep dies at every point where that makes a difference: before its first call
// and after each that has an effect. Nothing runs after that, no `catch` and no `finally`; the caller of a request asks
// again, and the queue delivers a message again.
import { afterAll, describe, expect, it } from 'vitest'
import type { Call } from '../world.ts'
import { asWished, atCall, calmLife, isFurtherSweep, isRead, liveThrough } from './live-through.ts'
import { scenarios } from './scenarios.ts'

const cases = { 'before it did anything': 0, 'before a call beside another': 0, 'after a call': 0 }
afterAll(() => console.log(`faults: one process dies: ${JSON.stringify(cases)}`))

const isFirst = (calls: Call[], { nth, process }: Call): boolean =>
  calls.find((call) => call.process === process)?.nth === nth
// Two calls of a create run side by side, so that one may have happened and the other not.
const isBeside = ({ name }: Call): boolean => /Secret|KeyPair/.test(name)

describe('one process dies', () => {
  it.each(scenarios)(
    'in "$name"',
    async (scenario) => {
      const { calls } = await calmLife(scenario)
      const wrong: unknown[] = []
      const dies = async (call: Call, when: 'before' | 'after', kind: keyof typeof cases) => {
        cases[kind]++
        const lived = await liveThrough(scenario, atCall(call.nth, { when, dies: true }))
        if (!asWished(lived)) wrong.push({ ...call, when, ...lived, calls: undefined })
      }
      for (const call of calls) {
        if (isFurtherSweep(calls, call)) continue
        if (isFirst(calls, call)) await dies(call, 'before', 'before it did anything')
        else if (isBeside(call)) await dies(call, 'before', 'before a call beside another')
        if (!isRead(call)) await dies(call, 'after', 'after a call')
      }
      expect(wrong).toEqual([])
    },
    600_000,
  )
})
