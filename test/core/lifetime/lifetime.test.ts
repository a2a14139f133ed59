// A cluster's lifetime, from the wish to the end: warned of, extended, ended.
import { describe, expect, it } from 'vitest'
import { clusterName } from '../../../core/names.ts'
import { noticeOf } from '../../../core/notices/notice.ts'
import { CreateCluster } from '../../../core/wish.ts'
import { alwaysWrong, isEmpty } from '../../invariants.ts'
import { aName, aWish, codeOf, create, eventsOf, get, remove, update } from '../../wishes.ts'
import { makeWorld, type World } from '../../world.ts'
import { aSite, siteWithFsx } from '../samples.ts'
import { ready } from './ready.ts'

const hour = 3600
const told = async (world: World, type: string) =>
  (await eventsOf(world)).filter((event) => event.type === type)
const isGoing = async (world: World) => !world.clusters.has(aName) || (await get(world)).wanted === 'absent'

describe('a lifetime', () => {
  it('counts from ready, and the answer says when it is over', async () => {
    const world = makeWorld()
    expect(await create(world, { lifetime: '8h' })).toMatchObject({
      lifetime: '8h',
      idleTimeout: 'none',
      expiresAt: null,
    })
    await world.advance(hour)
    const { times, expiresAt } = await get(world)
    expect(Date.parse(expiresAt ?? '')).toBe(Date.parse(times.ready ?? '') + 8 * hour * 1000)
  })

  it('ends the cluster after a warning half an hour before, and its events say why', async () => {
    const world = await ready({ lifetime: '8h' })
    const { expiresAt } = await get(world)
    await world.advance(7 * hour)
    expect(await told(world, 'Warning')).toEqual([])
    await world.advance(0.55 * hour)
    expect((await get(world)).expiring).toEqual({ reason: 'LifetimeEnds', endsAt: expiresAt })
    expect(await told(world, 'Warning')).toMatchObject([{ reason: 'LifetimeEnds', endsAt: expiresAt }])
    await world.advance(0.4 * hour)
    expect(await isGoing(world)).toBe(false)
    await world.advance(hour)
    expect(isEmpty(world)).toBe(true)
    expect(await told(world, 'Wish')).toMatchObject([{}, { reason: 'LifetimeEnded' }])
    expect(alwaysWrong(world)).toEqual([])
  })

  it('is warned of on the bus', async () => {
    const world = await ready({ lifetime: '10m' })
    await world.advance(560)
    const notices = world.events.flatMap((event) => noticeOf(event) ?? [])
    expect(notices.at(-1)).toMatchObject({
      type: 'Cluster Expiring',
      detail: { reason: 'LifetimeEnds', endsAt: (await get(world)).expiresAt, cluster: aName },
    })
  })

  it('ends with a job that runs: it is a hard limit', async () => {
    const world = await ready({ lifetime: '10m', idleTimeout: '5m' })
    world.jobs.start(aName)
    await world.advance(hour)
    expect(isEmpty(world)).toBe(true)
  })

  it('saves the data first, as every deletion does', async () => {
    const world = await ready({ lifetime: '10m' }, makeWorld(siteWithFsx()))
    await world.advance(hour)
    expect(isEmpty(world)).toBe(true)
    expect(
      world.data.tasks.filter(({ kind, state }) => kind === 'exporting' && state === 'done'),
    ).toHaveLength(1)
    expect(alwaysWrong(world)).toEqual([])
  })

  it('does not end without its warning when nobody looked for a day: the end waits for it', async () => {
    const world = await ready({ lifetime: '2h' })
    world.sweeps = false
    await world.advance(24 * hour)
    world.sweeps = true
    await world.advance(60)
    const [warning] = await told(world, 'Warning')
    expect(Date.parse(warning?.endsAt ?? '') - Date.parse(warning?.at ?? '')).toBe(720_000)
    await world.advance(600)
    expect(await isGoing(world)).toBe(false)
    await world.advance(hour)
    expect(isEmpty(world)).toBe(true)
    expect(alwaysWrong(world)).toEqual([])
  })

  it('costs no look between ready and the warning but the audits', async () => {
    const world = await ready({ lifetime: '1d' })
    const before = world.calls.length
    await world.advance(20 * hour)
    expect(world.calls.slice(before).filter(({ name }) => name === 'getCluster').length).toBeLessThanOrEqual(
      21,
    )
  })
})

describe('a PATCH', () => {
  it('sets the lifetime anew from now, without a word to CloudFormation', async () => {
    const world = await ready({ lifetime: '1h' })
    await world.advance(0.95 * hour)
    expect((await get(world)).expiring).not.toBeNull()
    const before = world.calls.length
    const extended = await update(world, { lifetime: '2h' })
    expect(extended).toMatchObject({
      status: 'CREATE_COMPLETE',
      update: null,
      expiresAt: new Date(world.now().getTime() + 2 * hour * 1000).toISOString(),
    })
    expect(world.calls.slice(before).map(({ name }) => name)).toEqual(['getCluster', 'commit', 'wake'])
    await world.advance(60)
    expect((await get(world)).expiring).toBeNull()
    expect(await told(world, 'Progress')).toContainEqual(
      expect.objectContaining({ message: 'The cluster stays: its time was changed.' }),
    )
    expect(world.calls.slice(before).some(({ name }) => name === 'updateStack')).toBe(false)
    await world.advance(1.8 * hour)
    expect(await isGoing(world)).toBe(false)
    await world.advance(hour)
    expect(isEmpty(world)).toBe(true)
  })

  it('takes the end away, also after the warning', async () => {
    const world = await ready({ lifetime: '1h', idleTimeout: '2h' })
    await world.advance(0.95 * hour)
    expect(await update(world, { lifetime: 'none', idleTimeout: 'none' })).toMatchObject({
      ...{ lifetime: 'none', idleTimeout: 'none', expiresAt: null },
    })
    await world.advance(48 * hour)
    expect(await get(world)).toMatchObject({ status: 'CREATE_COMPLETE', expiring: null })
  })

  it('of shape and lifetime does both, and of a shape that is there already the lifetime alone', async () => {
    const world = await ready({})
    expect(await update(world, { maxNodes: 9, lifetime: '3h' })).toMatchObject({
      status: 'UPDATE_IN_PROGRESS',
      lifetime: '3h',
    })
    await world.advance(hour)
    expect(await update(world, { maxNodes: 9, lifetime: '4h' })).toMatchObject({
      status: 'UPDATE_COMPLETE',
      lifetime: '4h',
    })
  })

  it('is taken while the cluster is built or updated, and counts from ready then', async () => {
    const world = makeWorld()
    await create(world)
    await update(world, { lifetime: '1h' })
    await world.advance(0.5 * hour)
    const { expiresAt, times } = await get(world)
    expect(Date.parse(expiresAt ?? '')).toBe(Date.parse(times.ready ?? '') + hour * 1000)
    await update(world, { maxNodes: 9 })
    expect(await update(world, { lifetime: '2h' })).toMatchObject({
      status: 'UPDATE_IN_PROGRESS',
      lifetime: '2h',
    })
  })

  it('comes too late for a cluster that is being deleted', async () => {
    const world = await ready({ lifetime: '1h' })
    await remove(world)
    expect(await codeOf(update(world, { lifetime: '2h' }))).toBe('ClusterDeleting')
  })

  it.each(['extension', 'end'] as const)(
    'and the end at one moment: only one of them is written, here the %s',
    async (first) => {
      const world = await ready({ lifetime: '10m' })
      const { deploymentId, expiresAt } = await get(world)
      await world.advance((Date.parse(expiresAt ?? '') - world.now().getTime()) / 1000 - 5)
      world.sweeps = false
      world.queue.splice(0)
      await world.advance(10)
      let release = () => {}
      const held = new Promise<void>((resolve) => {
        release = resolve
      })
      // Both have read the record; the one that comes first writes before the other one may.
      let commits = 0
      world.turn = async (name) => {
        if (name === 'commit' && ++commits === 1) await held
      }
      const pass = () => world.deliver({ name: aName, deploymentId, prompt: true })
      const patch = () => update(world, { lifetime: '1h' })
      const slow = first === 'extension' ? pass() : patch()
      await new Promise(setImmediate)
      if (first === 'extension') expect(await patch()).toMatchObject({ wanted: 'present' })
      else await pass()
      release()
      if (first === 'extension') await slow
      else expect(await codeOf(slow)).toBe('ClusterDeleting')
      expect((await get(world)).wanted).toBe(first === 'extension' ? 'present' : 'absent')
      world.turn = () => Promise.resolve()
      world.sweeps = true
      await world.advance(0.5 * hour)
      expect(world.clusters.has(aName)).toBe(first === 'extension')
      expect(alwaysWrong(world)).toEqual([])
    },
  )
})

describe('the same wish again', () => {
  it('neither extends nor shortens: it finds the cluster as it is', async () => {
    const world = await ready({ lifetime: '8h' })
    const { expiresAt } = await get(world)
    await world.advance(hour)
    for (const again of [{ lifetime: '8h' }, CreateCluster.parse({ ...aWish, lifetime: '480m' }), {}])
      expect(await create(world, again)).toMatchObject({ expiresAt })
  })

  it('with another time is refused, since a create changes nothing', async () => {
    const world = await ready({ lifetime: '8h' })
    expect(await codeOf(create(world, { lifetime: '9h' }))).toBe('ClusterDiffers')
    expect(await codeOf(create(world, { idleTimeout: '1h' }))).toBe('ClusterDiffers')
  })

  it('stands for the cluster also after a PATCH, as does the wish for what it became', async () => {
    const world = await ready({ lifetime: '8h' })
    await update(world, { lifetime: '9h' })
    for (const lifetime of ['8h', '9h'])
      expect(await create(world, { lifetime })).toMatchObject({ lifetime: '9h' })
    expect(await codeOf(create(world, { lifetime: '10h' }))).toBe('ClusterDiffers')
  })
})

describe('a site', () => {
  const siteWith = (lifetimes: object) => makeWorld(aSite({ lifetimes: { warning: '30m', ...lifetimes } }))

  it('gives what no request speaks of, and none by default', async () => {
    expect(await create(makeWorld())).toMatchObject({ lifetime: 'none', idleTimeout: 'none' })
    const world = siteWith({ lifetime: '12h', idleTimeout: '2h' })
    expect(await create(world)).toMatchObject({ lifetime: '12h', idleTimeout: '2h' })
    const other = { project: 'other', lifetime: 'none', idleTimeout: '3h' }
    expect(await create(world, other)).toMatchObject({ lifetime: 'none', idleTimeout: '3h' })
    expect(
      world.clusters.get(clusterName({ virtualLab: (await get(world)).virtualLab, project: 'other' }))?.life,
    ).toEqual({
      idleTimeout: { length: '3h' },
    })
  })

  it.each(['3d', 'none'])('with a maximum refuses %s, in a create and in a PATCH', async (lifetime) => {
    const world = siteWith({ maxLifetime: '2d' })
    expect(await codeOf(create(world, { lifetime }))).toBe('InvalidRequest')
    expect(await create(world)).toMatchObject({ lifetime: '2d' })
    await world.advance(hour)
    expect(await codeOf(update(world, { lifetime }))).toBe('InvalidRequest')
    expect(await update(world, { lifetime: '2d' })).toMatchObject({ lifetime: '2d' })
  })
})
