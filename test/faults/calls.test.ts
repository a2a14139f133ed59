// Each call to the outside fails in turn, before and after its effect, in every life of a cluster; then the world
// goes on, and what was wished for is there, and nothing else.
import { afterAll, describe, expect, it } from 'vitest'
import { wrongAtRest } from '../invariants.ts'
import { type Fault, unavailable } from '../world.ts'
import { quickWorld, restSeconds, type Scenario, scenarios } from './scenarios.ts'

let cases = 0
afterAll(() => console.log(`faults: ${cases} cases, each with one failed call`))

async function run({ live, end, ...given }: Scenario, fault: (nth: number) => Fault | undefined) {
  const world = quickWorld(given)
  world.fault = ({ nth }) => fault(nth)
  await live(world)
  await world.advance(restSeconds)
  // A look now and then goes on for ever; nothing else may.
  const busy = world.calls.length
  await world.advance(600)
  const looks = world.calls.slice(busy).filter(({ name }) => name === 'getCluster').length
  const wrong = [
    ...wrongAtRest(world),
    ...(looks > Math.max(1, world.clusters.size) ? ['it does not come to rest'] : []),
    ...(world.deadLetters.length > 0 ? ['a message was given up'] : []),
  ]
  const statuses = Object.fromEntries([...world.clusters].map(([name, { status }]) => [name, status]))
  return {
    calls: world.calls.slice(0, busy),
    wrong,
    statuses,
    asWished: JSON.stringify(statuses) === JSON.stringify(end),
  }
}

describe('one call fails', () => {
  it.each(scenarios)('in "$name"', async (scenario) => {
    const { calls, ...calm } = await run(scenario, () => undefined)
    expect(calm).toMatchObject({ wrong: [], statuses: scenario.end })
    const failures: unknown[] = []
    for (let nth = 1; nth <= calls.length; nth++)
      for (const when of ['before', 'after'] as const) {
        // One sweep that fails is like another.
        const { name } = calls[nth - 1] ?? { name: '' }
        if (name === 'listDue' && calls.slice(0, nth).filter((call) => call.name === name).length > 3)
          continue
        // Reads have no effect that could come before the failure.
        if (when === 'after' && /^(get|list|read|zones)/.test(name)) continue
        cases++
        const error = (cases + nth) % 2 ? unavailable() : new Error('something else')
        const { wrong, asWished, statuses } = await run(scenario, (n) =>
          n === nth ? { when, error } : undefined,
        )
        if (wrong.length > 0 || !asWished)
          failures.push({ nth, name, when, error: error.message, wrong, statuses })
      }
    expect(failures).toEqual([])
  })
})
