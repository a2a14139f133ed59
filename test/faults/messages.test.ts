// Messages that come twice, late, in another order or not at all change nothing but the time that it takes.
import { afterAll, describe, expect, it } from 'vitest'
import type { Message } from '../../core/cloud.ts'
import { wrongAtRest } from '../invariants.ts'
import { quickWorld, restSeconds, type Scenario } from './scenarios/living.ts'
import { scenarios } from './scenarios.ts'

let cases = 0
afterAll(() => console.log(`faults: ${cases} cases of lost, doubled and late messages`))

type Copies = (message: Message, nth: number, seconds: number) => number[]
async function run({ live, ...given }: Omit<Scenario, 'end'>, copies: Copies) {
  const world = quickWorld(given)
  let sent = 0
  world.network = (message, seconds) => copies(message, ++sent, seconds)
  await live(world)
  await world.advance(restSeconds)
  const statuses = Object.fromEntries([...world.clusters].map(([name, { status }]) => [name, status]))
  return { wrong: wrongAtRest(world), statuses, sent }
}

describe.each(scenarios)('in "$name"', ({ end, ...scenario }) => {
  const whole: { what: string; copies: Copies }[] = [
    { what: 'every message comes twice', copies: () => [0, 0] },
    { what: 'every message comes again later', copies: () => [0, 40] },
    { what: 'every message is late', copies: () => [45] },
    { what: 'odd ones overtake even ones', copies: (_, nth) => [nth % 2 ? 0 : 25] },
    { what: 'no event of CloudFormation comes', copies: ({ prompt }) => (prompt ? [] : [0]) },
    { what: 'no message with a delay comes', copies: (_, _nth, seconds) => (seconds > 0 ? [] : [0]) },
  ]
  it.each(whole)('$what', async ({ copies }) => {
    cases++
    expect(await run(scenario, copies)).toMatchObject({ wrong: [], statuses: end })
  })

  it.each([
    { what: 'lost', these: [] },
    { what: 'doubled', these: [0, 0] },
    { what: 'doubled a minute later', these: [0, 60] },
  ])('any one message is $what', async ({ these }) => {
    const { sent } = await run(scenario, () => [0])
    const failures: unknown[] = []
    for (let one = 1; one <= sent; one++) {
      cases++
      const { wrong, statuses } = await run(scenario, (_, nth) => (nth === one ? these : [0]))
      if (wrong.length > 0 || JSON.stringify(statuses) !== JSON.stringify(end))
        failures.push({ one, wrong, statuses })
    }
    expect(failures).toEqual([])
  })
})
