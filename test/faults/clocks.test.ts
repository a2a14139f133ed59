// The clock of one process is wrong, or all clocks jump from one moment on. A time limit may then strike early or late,
// so what is there in the end may be a create that failed; never is anything left over, lacking or unsettled.
import { afterAll, describe, expect, it } from 'vitest'
import { calmLife, liveThrough } from './live-through.ts'
import { restSeconds } from './scenarios/living.ts'
import { scenarios } from './scenarios.ts'

const whose = {
  'of one process': (nth: number, seconds: number) => (process: number) => (process === nth ? seconds : 0),
  'of all from then on': (nth: number, seconds: number) => (process: number) =>
    process >= nth ? seconds : 0,
}
const cases: Record<string, number> = {}
afterAll(() => console.log(`faults: clocks jump: ${JSON.stringify(cases)}`))

describe.each(Object.entries(whose))('the clock %s is wrong', (which, clockOf) => {
  it.each(scenarios)(
    'in "$name"',
    async (scenario) => {
      const { processes, calls } = await calmLife(scenario)
      const wrong: unknown[] = []
      for (let nth = 1; nth <= processes; nth++) {
        // One in four, another one in each life: what goes wrong by one of them mostly goes wrong by its neighbours.
        if ((nth + scenarios.indexOf(scenario)) % 4 !== 0) continue
        // A sweep that finds nothing has no clock that matters.
        if (calls.filter(({ process }) => process === nth).every(({ name }) => name === 'listDue')) continue
        const [one, other] = nth % 8 < 4 ? [300, -7200] : [-300, 7200]
        for (const seconds of which === 'of one process' ? [one, other] : [nth % 16 < 8 ? one : other]) {
          const kind = `${which}, by ${seconds} s`
          cases[kind] = (cases[kind] ?? 0) + 1
          const clock = clockOf(nth, seconds)
          const lived = await liveThrough(scenario, (world) => Object.assign(world, { clock }), {
            // A caller who finds that a time limit struck lets it be.
            mayBeRefused: true,
            restSeconds: restSeconds + 3 * 7200,
          })
          // What a deadline costs is told: by a clock that is ahead it has passed.
          const told = lived.reasons.some((reason) => reason.endsWith('TimedOut'))
          const left = lived.wrong
            .filter((what) => !(told && what.endsWith('were not exported')))
            // The time that a warning gave is by the clock of who gave it.
            .filter((what) => !what.endsWith('was ended without its warning'))
          if (left.length > 0) wrong.push({ nth, kind, ...lived, calls: undefined })
        }
      }
      expect(wrong).toEqual([])
    },
    600_000,
  )
})
