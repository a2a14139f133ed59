// Head nodes whose word cannot be read, or whose clock is another one than ours: nothing ends by what they do not say,
// and everything else goes on.
import { describe, expect, it } from 'vitest'
import { alwaysWrong, isEmpty } from '../../invariants.ts'
import { aName, eventsOf, get, rotate } from '../../wishes.ts'
import { type Call, makeWorld, unavailable, type World } from '../../world.ts'
import { ready } from './ready.ts'

const minute = 60
const hour = 3600
const reasons = async (world: World, type: string) =>
  (await eventsOf(world)).filter((event) => event.type === type).flatMap(({ reason }) => reason ?? [])
const isGoing = async (world: World) => !world.clusters.has(aName) || (await get(world)).wanted === 'absent'
const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' })
const unread =
  (error: Error) =>
  ({ name }: Call) =>
    name === 'getActivity' ? { when: 'before' as const, error } : undefined

describe('a word that cannot be read', () => {
  it('is silence: told once in its time, and no pass of it fails', async () => {
    const world = await ready({ idleTimeout: '30m' })
    world.fault = unread(denied)
    await world.advance(34 * minute)
    expect(await reasons(world, 'Warning')).toEqual([])
    await world.advance(24 * hour)
    expect(await reasons(world, 'Warning')).toEqual(['ActivityUnknown'])
    expect(await get(world)).toMatchObject({ wanted: 'present', expiring: null, problems: [] })
    expect([world.deadLetters.length, world.failedPasses.length]).toEqual([0, 0])
    world.fault = () => undefined
    await world.advance(hour)
    expect(isEmpty(world)).toBe(true)
    expect(alwaysWrong(world)).toEqual([])
  })

  it('is answered by the pass, so that it is logged', async () => {
    const world = await ready({ idleTimeout: '30m' })
    const { deploymentId } = await get(world)
    world.fault = unread(denied)
    world.queue.splice(0)
    world.sweeps = false
    await world.advance(28 * minute)
    expect(await world.deliver({ name: aName, deploymentId, prompt: true })).toBe(denied)
    expect(await world.deliver({ name: aName, deploymentId, prompt: true })).toBeUndefined()
  })

  it('does not keep the lifetime from its warning and its end', async () => {
    const world = await ready({ lifetime: '4h', idleTimeout: '1h' })
    world.fault = unread(denied)
    await world.advance(3.6 * hour)
    expect(await reasons(world, 'Warning')).toEqual(['ActivityUnknown', 'LifetimeEnds'])
    expect(await isGoing(world)).toBe(false)
    await world.advance(hour)
    expect(isEmpty(world)).toBe(true)
    expect(await reasons(world, 'Wish')).toEqual(['LifetimeEnded'])
    expect(alwaysWrong(world)).toEqual([])
  })

  it('for a moment takes no warning back, and the end does not come before the next word', async () => {
    const world = await ready({ idleTimeout: '60m' })
    await world.advance(57 * minute)
    expect((await get(world)).expiring).not.toBeNull()
    world.fault = unread(unavailable())
    await world.advance(8 * minute)
    expect((await get(world)).expiring).not.toBeNull()
    expect(await isGoing(world)).toBe(false)
    world.fault = () => undefined
    await world.advance(4 * minute)
    expect(await isGoing(world)).toBe(true)
    expect(await reasons(world, 'Warning')).toEqual(['Idle'])
    expect(alwaysWrong(world)).toEqual([])
  })
})

describe.each([-7200, -600, -240, 240, 300, 600, 7200])(
  'with our clock %i s ahead of the head node',
  (seconds) => {
    const withClock = () => Object.assign(makeWorld(), { clock: () => seconds })

    it('a cluster with a job stays, and goes an idleTimeout after it, warned', async () => {
      const world = withClock()
      world.jobs.start(aName)
      await ready({ idleTimeout: '60m' }, world)
      await world.advance(5 * hour)
      expect(await reasons(world, 'Warning')).toEqual([])
      world.jobs.end(aName)
      await world.advance(59 * minute)
      expect(await isGoing(world)).toBe(false)
      // A look that saw the job may come nearly an idleTimeout before the next one.
      await world.advance(15 * minute)
      expect(await isGoing(world)).toBe(true)
      expect(await reasons(world, 'Warning')).toEqual(['Idle'])
      expect(await reasons(world, 'Wish')).toEqual(['Idle'])
    })

    it('its silence is told, and ends nothing', async () => {
      const world = await ready({ idleTimeout: '60m' }, withClock())
      await world.advance(55.5 * minute)
      expect(await reasons(world, 'Warning')).toEqual(['Idle'])
      world.jobs.silence(aName)
      await world.advance(24 * hour)
      expect(await reasons(world, 'Warning')).toEqual(['Idle', 'ActivityUnknown'])
      expect(await get(world)).toMatchObject({ wanted: 'present', expiring: null })
    })
  },
)

it('a look at the lifetime does not hold up new keys', async () => {
  const world = await ready({ lifetime: '5h' })
  const { readyAt = '' } = world.clusters.get(aName) ?? {}
  await world.advance((Date.parse(readyAt) - world.now().getTime()) / 1000 + 4.5 * hour - 3)
  await rotate(world)
  await world.advance(4 * minute)
  expect(await reasons(world, 'Warning')).toEqual(['LifetimeEnds'])
  expect((await get(world)).keys).toMatchObject({ state: 'current' })
})
