// Passes over a cluster that runs, which fail again and again: what they are at is given up in its time and told, and
// then they are as rare as those over any other cluster.
import { describe, expect, it } from 'vitest'
import { wrongAtRest } from '../invariants.ts'
import { aName, create, eventsOf, get, remove, rotate, update } from '../wishes.ts'
import { type Call, makeWorld, type World } from '../world.ts'
import { aSite, siteWithFsx } from './samples.ts'

const hour = 3600
const more = { maxNodes: 12 }
const denied = Object.assign(new Error('arn:aws:iam::1:role/secret is not authorized'), {
  name: 'AccessDeniedException',
})
const deny = (world: World, ...denies: Call['name'][]) => {
  world.fault = ({ name }) => (denies.includes(name) ? { when: 'before', error: denied } : undefined)
}
const allow = (world: World) => {
  world.fault = () => undefined
}
async function ready(world = makeWorld(), wish = {}): Promise<World> {
  await create(world, wish)
  await world.advance(900)
  return world
}
const failures = async (world: World) =>
  (await eventsOf(world)).filter(({ reason }) => reason && reason !== 'Queued').map(({ reason }) => reason)
const stackOf = (world: World) =>
  [...world.stacks.own.values()][0] as NonNullable<unknown> & { status: string }

/** From now on nothing is told any more, and hardly anything is tried. */
async function expectCalm(world: World): Promise<void> {
  const [letters, told] = [world.deadLetters.length, world.events.length]
  const calls = world.calls.length
  await world.advance(6 * hour)
  expect(world.deadLetters.length).toBe(letters)
  expect(world.events.length).toBe(told)
  expect(world.calls.slice(calls).filter(({ name }) => name === 'getCluster').length).toBeLessThanOrEqual(7)
}

describe('an update', () => {
  it.each<Call['name']>(['updateStack', 'getTemplate', 'getStack', 'getQueue'])(
    'that cannot be begun since %s always fails has failed after its time, and leaves its place to others',
    async (name) => {
      const world = await ready()
      await update(world, more)
      deny(world, name)
      await world.advance(1.9 * hour)
      expect(await get(world)).toMatchObject({ status: 'UPDATE_IN_PROGRESS' })
      await world.advance(0.3 * hour)
      const after = await get(world)
      expect(after).toMatchObject({ status: 'UPDATE_FAILED', reason: 'UpdateNotBegun', changes: null })
      expect(after.message).toContain('AccessDeniedException')
      expect(JSON.stringify(await eventsOf(world))).not.toContain('role/secret')
      expect(world.operations.queue()).toMatchObject({ inFlight: 0, entries: [] })
      await world.advance(2 * hour)
      if (name !== 'getQueue') await expectCalm(world)
      allow(world)
      await world.advance(hour + 120)
      await update(world, more)
      await world.advance(600)
      expect(await get(world)).toMatchObject({ status: 'UPDATE_COMPLETE', changes: more, problems: [] })
      expect(wrongAtRest(world)).toEqual([])
    },
  )

  it('that was begun and that nobody can look after has failed, and is complete once it is seen to be', async () => {
    const world = await ready()
    await update(world, more)
    await world.advance(30)
    deny(world, 'getStack')
    await world.advance(3.5 * hour)
    expect(await get(world)).toMatchObject({ status: 'UPDATE_FAILED', reason: 'PassFails', changes: null })
    await world.advance(hour)
    await expectCalm(world)
    allow(world)
    await world.advance(hour + 120)
    expect(await get(world)).toMatchObject({ status: 'UPDATE_COMPLETE', changes: more })
    await world.advance(hour)
    expect(wrongAtRest(world)).toEqual([])
  })

  it("that waits for somebody else's update which never ends is told", async () => {
    const world = await ready()
    const stack = stackOf(world)
    stack.status = 'UPDATE_IN_PROGRESS'
    await update(world, more)
    await world.advance(1.9 * hour)
    expect(await get(world)).toMatchObject({ status: 'UPDATE_IN_PROGRESS' })
    await world.advance(0.2 * hour)
    expect(await get(world)).toMatchObject({ status: 'UPDATE_FAILED', reason: 'UpdateNotBegun' })
    await expectCalm(world)
    stack.status = 'UPDATE_COMPLETE'
    await world.advance(2 * hour)
    // Nobody has made of it what was wished for.
    expect(await get(world)).toMatchObject({ status: 'UPDATE_FAILED', changes: null })
    expect(wrongAtRest(world)).toEqual([])
  })

  it('whose turn never comes is told, and gives up its line of the queue', async () => {
    const world = await ready(
      makeWorld(aSite({ limitSeconds: { ...aSite().limitSeconds, queuing: 3 * hour } })),
    )
    world.site.limits.operationsInFlight = 0
    await update(world, more)
    await world.advance(2.9 * hour)
    expect(await get(world)).toMatchObject({ status: 'UPDATE_IN_PROGRESS', queue: { position: 1 } })
    await world.advance(2 * hour)
    expect(await get(world)).toMatchObject({ status: 'UPDATE_FAILED', reason: 'QueuedTooLong' })
    expect(world.operations.queue().entries).toEqual([])
  })
})

describe('new keys', () => {
  it.each<Call['name']>(['putTrustedKeys', 'getTrustedState'])(
    'that cannot be brought since %s always fails are told as failed, and come when they are asked for again',
    async (name) => {
      const world = await ready()
      deny(world, name)
      await rotate(world)
      await world.advance(800)
      expect((await get(world)).keys).toMatchObject({ state: 'installing' })
      await world.advance(300)
      expect((await get(world)).keys).toMatchObject({ state: 'failed', reason: 'PassFails' })
      await world.advance(300)
      await expectCalm(world)
      allow(world)
      await rotate(world)
      await world.advance(300)
      expect((await get(world)).keys).toMatchObject({ state: 'current', reason: null })
      expect(wrongAtRest(world)).toEqual([])
    },
  )
})

describe('an import', () => {
  it.each<Call['name']>(['startDataTask', 'getLustre', 'getDataTask'])(
    'that cannot go on since %s always fails is told in its time, and the export is not held up by it',
    async (name) => {
      const world = makeWorld(siteWithFsx())
      deny(world, name)
      await ready(world)
      expect(await get(world)).toMatchObject({ status: 'CREATE_COMPLETE' })
      await world.advance(23 * hour)
      expect(await failures(world)).toEqual([])
      await world.advance(2 * hour)
      expect(await failures(world)).toEqual(['ImportTimedOut'])
      await expectCalm(world)
      allow(world)
      await remove(world)
      await world.advance(hour)
      expect(world.clusters.has(aName)).toBe(false)
      expect(wrongAtRest(world)).toEqual([])
    },
  )
})

describe('a look', () => {
  it.each<Call['name']>(['getStack', 'getKeyPair', 'getSecretState'])(
    'at a cluster at rest that always fails at %s is told once, for as long as it is so',
    async (name) => {
      const world = await ready()
      deny(world, name)
      await world.advance(1.5 * hour)
      expect(await failures(world)).toEqual([])
      await world.advance(hour)
      expect(await get(world)).toMatchObject({
        status: 'CREATE_COMPLETE',
        problems: [{ reason: 'PassFails' }],
      })
      await expectCalm(world)
      expect(await failures(world)).toEqual(['PassFails'])
      allow(world)
      await world.advance(hour + 120)
      expect((await get(world)).problems).toEqual([])
      expect((await eventsOf(world)).at(-1)?.message).toBe('What was told as PassFails is over.')
    },
  )

  it('that fails when the lifetime is over does not hide that for ever', async () => {
    const world = await ready(makeWorld(), { lifetime: '4h' })
    deny(world, 'getStack')
    await world.advance(12 * hour)
    expect(await failures(world)).toEqual(['PassFails'])
    allow(world)
    await world.advance(3 * hour)
    expect(world.clusters.has(aName)).toBe(false)
    expect(wrongAtRest(world)).toEqual([])
  })
})
