// Each call to the outside fails in turn, in each way, in every life of a cluster; then the world goes on, and what was
// wished for is there, and nothing else.
import { afterAll, describe, expect, it } from 'vitest'
import { type Fault, unavailable } from '../world.ts'
import {
  asWished,
  atCall,
  calmLife,
  isFurtherRead,
  isFurtherSweep,
  isRead,
  liveThrough,
} from './live-through.ts'
import { scenarios } from './scenarios.ts'

const named = (name: string) => Object.assign(new Error(name), { name })
// What aws/errors.ts makes of AWS's answers: nothing in core/ tells one of a column from another.
const failures: Record<string, Fault[]> = {
  'without effect': [
    { when: 'before', error: unavailable(named('ThrottlingException')) },
    { when: 'before', error: named('AccessDeniedException') },
    { when: 'before', error: unavailable(named('TimeoutError')) },
  ],
  'with its effect': [
    { when: 'after', error: unavailable(named('TimeoutError')) },
    { when: 'after', error: unavailable(named('InternalFailure')) },
    { when: 'after', error: named('UnexpectedAnswer') },
  ],
}

const cases: Record<string, number> = {}
afterAll(() => console.log(`faults: one call fails: ${JSON.stringify(cases)}`))

describe('one call fails', () => {
  it.each(scenarios)(
    'in "$name"',
    async (scenario) => {
      const { calls } = await calmLife(scenario)
      const wrong: unknown[] = []
      for (const call of calls) {
        if (isFurtherSweep(calls, call) || isFurtherRead(calls, call)) continue
        for (const [how, faults] of Object.entries(failures)) {
          if (how === 'with its effect' && isRead(call)) continue
          const fault = faults[call.nth % faults.length] as Fault
          const kind = `${'error' in fault ? fault.error.message : ''}, ${how}`
          cases[kind] = (cases[kind] ?? 0) + 1
          const lived = await liveThrough(scenario, atCall(call.nth, fault))
          if (!asWished(lived)) wrong.push({ ...call, kind, ...lived, calls: undefined })
        }
      }
      expect(wrong).toEqual([])
    },
    600_000,
  )
})
