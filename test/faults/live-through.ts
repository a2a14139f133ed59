// Lives a scenario through with whatever troubles it, lets the world come to rest, and tells what is wrong then.
import { expect } from 'vitest'
import { wrongAtRest } from '../invariants.ts'
import type { Call, Fault, World } from '../world.ts'
import { quickWorld, Refused, restSeconds, type Scenario } from './scenarios/living.ts'

export type Lived = {
  calls: Call[]
  processes: number
  wrong: string[]
  statuses: Record<string, string>
  /** Of all failures that were told. */
  reasons: string[]
  asWished: boolean
}

export async function liveThrough(
  { live, end, ...given }: Scenario,
  trouble: (world: World) => void = () => {},
  { mayBeRefused = false, restSeconds: rest = restSeconds } = {},
): Promise<Lived> {
  const world = quickWorld(given)
  trouble(world)
  await live(world).catch((error) => {
    if (!(mayBeRefused && error instanceof Refused)) throw error
  })
  await world.advance(rest)
  // A look now and then goes on for ever; nothing else may.
  const [busy, processes] = [world.calls.length, world.processes()]
  await world.advance(600)
  const looks = world.calls.slice(busy).filter(({ name }) => name === 'getCluster').length
  const statuses = Object.fromEntries([...world.clusters].map(([name, { status }]) => [name, status]))
  return {
    calls: world.calls.slice(0, busy),
    processes,
    wrong: [
      ...wrongAtRest(world),
      ...(looks > Math.max(1, world.clusters.size) ? ['it does not come to rest'] : []),
      ...(world.deadLetters.length > 0 ? ['a message was given up'] : []),
    ],
    statuses,
    reasons: world.events.flatMap(({ reason }) => reason ?? []),
    asWished: JSON.stringify(statuses) === JSON.stringify(end),
  }
}

/** Without any trouble, which all else is measured by. */
export async function calmLife(scenario: Scenario): Promise<Lived> {
  const calm = await liveThrough(scenario)
  expect(calm).toMatchObject({ wrong: [], statuses: scenario.end })
  return calm
}

/** Reads have no effect that could come before or after anything. */
export const isRead = ({ name }: Call): boolean => /^(get|list|read|zones|count)/.test(name)

/** Nothing was done by its process before it but reading: when it fails, that is as if the first read had. */
export const isFurtherRead = (calls: Call[], { nth, process }: Call): boolean => {
  const own = calls.slice(0, nth).filter((call) => call.process === process)
  return own.length > 1 && own.every(isRead)
}

/** The same sweep many times over; what befalls one befalls another. */
export const isFurtherSweep = (calls: Call[], { name, nth }: Call): boolean =>
  name === 'listDue' && calls.slice(0, nth).filter((call) => call.name === name).length > 3

/** The fault at one call, and none at any other. */
export const atCall =
  (nth: number, fault: Fault) =>
  (world: World): void => {
    world.fault = (call) => (call.nth === nth ? fault : undefined)
  }

export const asWished = ({ wrong, asWished }: Lived): boolean => wrong.length === 0 && asWished
