// Two to four faults of any kind together, in any order of wishes: it settles, nothing unwanted stays, nothing lacks.
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import type { Context } from '../../core/context.ts'
import { clusterName } from '../../core/names.ts'
import { alwaysWrong, wrongAtRest } from '../invariants.ts'
import { create, remove, rotate, update, wishFor } from '../wishes.ts'
import { type Fault, unavailable, type World } from '../world.ts'
import { quickWorld } from './scenarios/living.ts'

const wish = fc.record({
  do: fc.constantFrom('create', 'create', 'create', 'brief', 'remove', 'force', 'update', 'rotate', 'extend'),
  project: fc.constantFrom('a', 'b', 'fail-create-1', 'fail-update-1'),
  /** Until the next one. */
  seconds: fc.constantFrom(0, 5, 30, 120, 400),
})
const denied = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' })
const when = fc.constantFrom('before' as const, 'after' as const)
const fault = fc.oneof(
  fc.record({ call: fc.nat(200), when, error: fc.constantFrom(unavailable(), denied) }),
  fc.record({ call: fc.nat(200), when, dies: fc.constant(true as const) }),
  fc.record({ call: fc.nat(200), when, heldSeconds: fc.integer({ min: 1, max: 25 }) }),
  fc.record({ message: fc.nat(80), copies: fc.constantFrom<number[]>([], [0, 0], [0, 50], [90]) }),
  fc.record({ process: fc.nat(80), seconds: fc.constantFrom(300, -300, 7200, -7200) }),
  fc.record({ refusesAfter: fc.nat(60) }),
  fc.record({ vanishesAfter: fc.nat(60) }),
)
type Trouble = typeof fault extends fc.Arbitrary<infer T> ? T : never

function befall(world: World, troubles: Trouble[]): void {
  const [at, clocks] = [new Map<number, Fault>(), new Map<number, number>()]
  const copies = new Map<number, number[]>()
  for (const one of troubles) {
    if ('call' in one) at.set(one.call, one)
    if ('message' in one) copies.set(one.message, one.copies)
    if ('process' in one) clocks.set(one.process, one.seconds)
  }
  let sent = 0
  world.network = ({ requestedAt }) => {
    const these = copies.get(++sent)
    // SQS keeps what it took; only a create that is not written yet has nothing but its message.
    return these && !(requestedAt && these.length === 0) ? these : [0]
  }
  world.clock = (process) => clocks.get(process) ?? 0
  world.fault = ({ nth }) => {
    for (const one of troubles) {
      if ('refusesAfter' in one && nth === one.refusesAfter) world.knob.refuses = 'Template format error'
      if ('refusesAfter' in one && nth === one.refusesAfter + 20) world.knob.refuses = undefined
      const [stack] = world.stacks.own.keys()
      if ('vanishesAfter' in one && nth === one.vanishesAfter && stack) world.vanish(stack)
    }
    return at.get(nth)
  }
}

let cases = 0
afterAll(() => console.log(`faults: ${cases} lives with two to four faults together`))

type Own = { context: Context }
const verbs: Record<string, (own: Own, name: string, project: string) => Promise<unknown>> = {
  create: (own, _, project) => create(own, wishFor(project)),
  brief: (own, _, project) => create(own, { ...wishFor(project), lifetime: '10m', idleTimeout: '5m' }),
  remove: (own, name) => remove(own, name),
  force: (own, name) => remove(own, name, true),
  update: (own, name) => update(own, { maxNodes: 9 }, name),
  rotate: (own, name) => rotate(own, ['user', 'admin'], name),
  extend: (own, name) => update(own, { lifetime: '2h', idleTimeout: 'none' }, name),
}
const ask = (world: World, verb: string, project: string) =>
  world.request(async (context) => verbs[verb]?.({ context }, clusterName(wishFor(project)), project))

it('any two to four faults together are settled', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(wish, { minLength: 1, maxLength: 6 }),
      fc.array(fault, { minLength: 2, maxLength: 4 }),
      async (wishes, troubles) => {
        cases++
        const world = quickWorld()
        befall(world, troubles)
        for (const { do: verb, project, seconds } of wishes) {
          await ask(world, verb, project)
          await world.advance(seconds)
          expect(alwaysWrong(world)).toEqual([])
        }
        // As long as the longest time limit, counted from a clock that was two hours ahead.
        await world.advance(4 * 3600)
        world.redrive()
        await world.advance(600)
        expect(wrongAtRest(world)).toEqual([])
      },
    ),
    { numRuns: 600, endOnFailure: true },
  )
}, 600_000)
