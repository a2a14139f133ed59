// Two processes do the same work at once, and one is overtaken by the other at every point between two of its calls; or
// stands still there for as long as a function may last, while all else goes on.
import { afterAll, describe, expect, it } from 'vitest'
import { asWished, atCall, calmLife, isFurtherSweep, liveThrough } from './live-through.ts'
import { scenarios } from './scenarios.ts'

// A request may last 29 seconds and a pass 60: lib/functions.ts, passSeconds.
const holds = { 'is overtaken': 1, 'stands still for long': 55 }

const cases: Record<string, number> = {}
afterAll(() => console.log(`faults: two at once: ${JSON.stringify(cases)}`))

describe.each(Object.entries(holds))('one of two processes %s', (how, heldSeconds) => {
  it.each(scenarios)(
    'in "$name"',
    async (scenario) => {
      const { calls } = await calmLife(scenario)
      const wrong: unknown[] = []
      for (const call of calls) {
        const before = calls[call.nth - 2]
        // Before its first call a process has seen nothing yet; the two looks at stacks go out together.
        if (isFurtherSweep(calls, call) || before?.process !== call.process) continue
        if (call.name === 'getStack' && before.name === 'getStack') continue
        // A wake that comes late is a late message.
        if (call.name === 'wake') continue
        cases[how] = (cases[how] ?? 0) + 1
        const lived = await liveThrough(scenario, atCall(call.nth, { when: 'before', heldSeconds }))
        if (!asWished(lived)) wrong.push({ ...call, ...lived, calls: undefined })
      }
      expect(wrong).toEqual([])
    },
    600_000,
  )
})
