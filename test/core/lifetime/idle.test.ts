// A cluster without jobs: ended when its head node says so, and never because nobody knows.
import { describe, expect, it } from 'vitest'
import { alwaysWrong, isEmpty } from '../../invariants.ts'
import { aName, eventsOf, get, update } from '../../wishes.ts'
import { makeWorld, type World } from '../../world.ts'
import { ready } from './ready.ts'

const minute = 60
const reasons = async (world: World, type: string) =>
  (await eventsOf(world)).filter((event) => event.type === type).map(({ reason }) => reason)
const looksAtJobs = ({ calls }: World) => calls.filter(({ name }) => name === 'getActivity').length

describe('a cluster without a job', () => {
  it('is deleted after its idleTimeout, with a warning before, and the events say why', async () => {
    const world = await ready({ idleTimeout: '60m' })
    await world.advance(56 * minute)
    expect(await get(world)).toMatchObject({ expiring: { reason: 'Idle' }, idleSince: expect.any(String) })
    await world.advance(3 * minute)
    expect(world.clusters.has(aName)).toBe(true)
    await world.advance(30 * minute)
    expect(isEmpty(world)).toBe(true)
    expect(await reasons(world, 'Warning')).toEqual(['Idle'])
    expect((await reasons(world, 'Wish')).at(-1)).toBe('Idle')
    expect(alwaysWrong(world)).toEqual([])
  })

  it('of which it is some seconds goes within a minute of its last job', async () => {
    const world = await ready({ idleTimeout: '20s', lifetime: '1d' })
    world.jobs.start(aName)
    await world.advance(10 * minute)
    world.jobs.end(aName)
    await world.advance(15)
    expect(await get(world)).toMatchObject({ wanted: 'present' })
    await world.advance(45)
    expect(await get(world)).toMatchObject({ wanted: 'absent' })
  })

  it('is asked about no more often than it could matter', async () => {
    const world = await ready({ idleTimeout: '60m' })
    world.jobs.start(aName)
    await world.advance(24 * 60 * minute)
    expect(looksAtJobs(world)).toBeLessThanOrEqual(Math.ceil((24 * 60) / 54))
  })

  it('without an idleTimeout is never asked about', async () => {
    const world = await ready({ lifetime: '30d' })
    await world.advance(24 * 60 * minute)
    expect(looksAtJobs(world)).toBe(0)
  })
})

describe('a cluster with jobs', () => {
  it('stays for as long as they run, and goes an idleTimeout after the last one', async () => {
    const world = await ready({ idleTimeout: '60m' })
    world.jobs.start(aName)
    await world.advance(10 * 60 * minute)
    expect(await reasons(world, 'Warning')).toEqual([])
    world.jobs.end(aName)
    await world.advance(52 * minute)
    expect(await reasons(world, 'Warning')).toEqual([])
    await world.advance(7 * minute)
    expect(world.clusters.has(aName)).toBe(true)
    await world.advance(30 * minute)
    expect(isEmpty(world)).toBe(true)
  })

  it('stays when one comes after the warning', async () => {
    const world = await ready({ idleTimeout: '60m' })
    await world.advance(57 * minute)
    expect((await get(world)).expiring).not.toBeNull()
    world.jobs.start(aName)
    await world.advance(10 * minute)
    expect(await get(world)).toMatchObject({ wanted: 'present', expiring: null, idleSince: null })
    expect((await eventsOf(world)).at(-1)).toMatchObject({
      type: 'Progress',
      message: 'The cluster stays: it has had jobs.',
    })
  })

  it('stays when one came and went after the warning', async () => {
    const world = await ready({ idleTimeout: '60m' })
    await world.advance(57 * minute)
    world.jobs.start(aName)
    await world.advance(minute)
    world.jobs.end(aName)
    await world.advance(55 * minute)
    expect(await get(world)).toMatchObject({ wanted: 'present' })
    await world.advance(30 * minute)
    expect(isEmpty(world)).toBe(true)
    expect(alwaysWrong(world)).toEqual([])
  })
})

describe('a head node that does not tell', () => {
  it.each([true, false])(
    'keeps its cluster, and that is told once (told before: %s)',
    async (hasToldBefore) => {
      const world = await ready({ idleTimeout: '30m' })
      world.jobs.silence(aName, { hasToldBefore })
      await world.advance(24 * 60 * minute)
      expect(await get(world)).toMatchObject({ wanted: 'present', expiring: null })
      expect(await reasons(world, 'Warning')).toEqual(['ActivityUnknown'])
    },
  )

  it('withdraws the warning that was given, and it is given again once it tells that it is idle', async () => {
    const world = await ready({ idleTimeout: '60m' })
    await world.advance(55 * minute)
    expect((await get(world)).expiring).not.toBeNull()
    world.jobs.silence(aName)
    await world.advance(4 * 60 * minute)
    expect(await get(world)).toMatchObject({ wanted: 'present', expiring: null })
    world.jobs.speak(aName)
    for (let looks = 0; looks < 12 && !(await get(world)).expiring; looks++) await world.advance(minute)
    expect(await get(world)).toMatchObject({ expiring: { reason: 'Idle' } })
    await world.advance(30 * minute)
    expect(isEmpty(world)).toBe(true)
    expect(alwaysWrong(world)).toEqual([])
  })

  it('tells what it has to tell soon after ready without anybody being alarmed', async () => {
    const world = makeWorld()
    world.jobs.silence(aName, { hasToldBefore: false })
    await ready({ idleTimeout: '1m' }, world)
    await world.advance(2 * minute)
    world.jobs.speak(aName)
    await world.advance(5 * minute)
    expect(await reasons(world, 'Warning')).toEqual(['Idle'])
  })
})

it('a PATCH of idleTimeout counts from now, too', async () => {
  const world = await ready({ idleTimeout: '60m' })
  await world.advance(57 * minute)
  await update(world, { idleTimeout: '60m' })
  await world.advance(50 * minute)
  expect(await get(world)).toMatchObject({ wanted: 'present', expiring: null })
  await world.advance(30 * minute)
  expect(isEmpty(world)).toBe(true)
})
