// Whatever is wished for, in whatever order, however long it takes and whatever fails: it settles, nothing unwanted
// stays, and never are there two stacks for one cluster or two clusters with one slot.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAppError } from '../../core/errors.ts'
import { clusterName } from '../../core/names.ts'
import { alwaysWrong, wrongAtRest } from '../invariants.ts'
import { create, remove, update, wishFor } from '../wishes.ts'
import { makeWorld, unavailable, type World } from '../world.ts'
import { aSite } from './samples.ts'

const projects = ['a', 'b', 'fail-create-1', 'fail-update-1']
const project = fc.constantFrom(...projects)
const tier = fc.constantFrom('debug', 'prod-batch')
// Of one tier and of another, allowed and refused.
const updates = [
  { maxNodes: 9 },
  { maxNodes: 5, maxTime: '2:00:00' },
  { maxCounts: { 't3-micro': 12 } },
  { maxCounts: { 't3-micro': 2 } },
  { tier: 'prod-batch' },
  { lifetime: '5m' },
  { lifetime: 'none', idleTimeout: '2m' },
  { maxNodes: 7, idleTimeout: 'none' },
]
const lives = fc.constantFrom(
  {},
  {},
  { lifetime: '3m' },
  { idleTimeout: '2m' },
  { lifetime: '1h', idleTimeout: '90s' },
)
const works = ['start', 'end', 'silence', 'speak'] as const
const action = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('create' as const), project, tier, life: lives }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), project }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 400 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('update' as const), project, wish: fc.constantFrom(...updates) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('vanish' as const), nth: fc.nat(2) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('work' as const), project, what: fc.constantFrom(...works) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('stick' as const), times: fc.integer({ min: 1, max: 2 }) }),
  },
)
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never

/** How the outside behaves: a number per call and per message, of which the small ones mean trouble. */
const trouble = fc.record({
  calls: fc.infiniteStream(fc.nat(99)),
  messages: fc.infiniteStream(fc.nat(99)),
  turns: fc.infiniteStream(fc.nat(6)),
})

// A stack that someone else deletes does not take the key's owner with it: all of these are answers.
const answers = [
  'ClusterNotFound',
  'ClusterDiffers',
  'ClusterDeleting',
  'ClusterBusy',
  'ClusterFailed',
  'UpdateRefused',
  'InvalidRequest',
  'Conflict',
  'NoSlotLeft',
  'Unavailable',
] as const

async function act(world: World, one: Action): Promise<unknown> {
  if (one.do === 'create') return create(world, { ...wishFor(one.project), tier: one.tier, ...one.life })
  if (one.do === 'remove') return remove(world, clusterName(wishFor(one.project)))
  if (one.do === 'update') return update(world, one.wish, clusterName(wishFor(one.project)))
  if (one.do === 'work') world.jobs[one.what](clusterName(wishFor(one.project)))
  if (one.do === 'stick') world.knob.stuckDeletions = one.times
  const name = one.do === 'vanish' ? [...world.stacks.own.keys()][one.nth] : undefined
  if (name) world.vanish(name)
  return undefined
}

const ignoreAnswers = (error: unknown) => {
  if (!isAppError(error, ...answers)) throw error
}
const settleSeconds = 4 * 3600

/** All work is done, and told: who has a time to live is gone in the end. */
function endWork({ jobs }: World): void {
  for (const name of projects.map((one) => clusterName(wishFor(one)))) {
    jobs.end(name)
    jobs.speak(name)
  }
}

describe('any order of wishes, time, messages and faults', () => {
  it('settles, one thing after another', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { minLength: 1, maxLength: 15 }),
        trouble,
        async (actions, { calls, messages }) => {
          const world = makeWorld(aSite({ network: { clusterRange: '10.64.0.0/23' } }))
          world.network = ({ requestedAt }) => {
            const roll = messages.next().value ?? 99
            // SQS keeps what it took; only a create that is not written yet has nothing but its message.
            if (roll < 8 && !requestedAt) return []
            return roll < 16 ? [0, roll - 8] : roll < 24 ? [roll * 3] : [0]
          }
          world.fault = () => {
            const roll = calls.next().value ?? 99
            return roll < 8 ? { when: roll % 2 ? 'before' : 'after', error: unavailable() } : undefined
          }
          for (const one of actions) {
            if (one.do === 'pass') await world.advance(one.seconds)
            else await act(world, one).catch(ignoreAnswers)
            expect(alwaysWrong(world)).toEqual([])
          }
          world.fault = () => undefined
          world.redrive()
          endWork(world)
          await world.advance(settleSeconds)
          // A look now and then goes on for ever, and its message may be a late one.
          world.network = () => [0]
          await world.advance(120)
          expect(wrongAtRest(world)).toEqual([])
        },
      ),
      { numRuns: 300, endOnFailure: true },
    )
  }, 60_000)

  it('settles, all at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { minLength: 2, maxLength: 12 }),
        trouble,
        async (actions, { turns }) => {
          const world = makeWorld(aSite({ network: { clusterRange: '10.64.0.0/22' } }))
          // Each call waits a few turns of the event loop, so that requests and passes overtake each other.
          world.turn = async () => {
            for (let left = turns.next().value ?? 0; left > 0; left--) await new Promise(setImmediate)
          }
          const under: Promise<unknown>[] = []
          for (const one of actions) {
            if (one.do === 'pass') await world.advance(one.seconds % 30)
            else under.push(act(world, one).catch(ignoreAnswers))
            for (const { name, deploymentId } of world.clusters.values())
              under.push(world.deliver({ name, deploymentId, prompt: true }))
            if (one.do !== 'create') await Promise.all(under.splice(0))
            expect(alwaysWrong(world)).toEqual([])
          }
          await Promise.all(under)
          world.turn = () => Promise.resolve()
          endWork(world)
          await world.advance(settleSeconds)
          expect(wrongAtRest(world)).toEqual([])
        },
      ),
      { numRuns: 100, endOnFailure: true },
    )
  }, 60_000)
})
