// New keys for a cluster that runs: there is always one that works, never an old one in the end, and nothing is left over.
import { beforeEach, describe, expect, it } from 'vitest'
import { secretName } from '../../core/names.ts'
import { alwaysWrong, isEmpty, wrongAtRest } from '../invariants.ts'
import { aName, codeOf, create, eventsOf, get, remove, rotate, update, wishFor } from '../wishes.ts'
import { makeWorld, unavailable, type World } from '../world.ts'

let world: World
const keysOf = async () => (await get(world)).keys
const publicKeys = () => {
  const { user, admin } = world.clusters.get(aName)?.keys?.current ?? {}
  return [user, admin].map((pair) => pair?.publicKey.split(' ')[1])
}
const held = () => [...world.secrets.keys()].sort()

beforeEach(async () => {
  world = makeWorld()
  await create(world)
  await world.advance(900)
})

describe('a rotation of keys', () => {
  it('gives both pairs anew: the old ones work until the new ones do, then nothing trusts them and they are gone', async () => {
    const before = await get(world)
    const old = publicKeys()
    expect(before.keys).toEqual({
      ...{ state: 'current', rotating: [], rotatedAt: null, reason: null, message: null },
    })
    const asked = await rotate(world)
    expect(asked).toMatchObject({
      ssh: before.ssh,
      keys: { state: 'installing', rotating: ['user', 'admin'] },
    })
    // Both private halves are there before a node can trust their public ones.
    expect(held()).toHaveLength(4)
    await world.advance(3)
    expect(await get(world)).toMatchObject({ ssh: before.ssh, keys: { state: 'installing' } })
    const states: unknown[] = []
    for (let seconds = 0; seconds < 180; seconds++) {
      await world.advance(1)
      const { keys, ssh } = await get(world)
      const trusted = world.nodes.trusted(world.clusters.get(aName) as never) ?? []
      states.push(keys?.state)
      expect(alwaysWrong(world)).toEqual([])
      // What the view names can be read, and opens the cluster.
      for (const arn of [ssh?.userKeySecretArn, ssh?.adminKeySecretArn])
        expect(held().some((name) => arn?.includes(`:${name}-`))).toBe(true)
      if (keys?.state === 'installing' && trusted.length > 0)
        expect(trusted).toEqual(expect.arrayContaining(old))
    }
    expect([...new Set(states)]).toEqual(['installing', 'retiring', 'current'])
    const after = await get(world)
    expect(after.keys).toMatchObject({ rotatedAt: expect.stringMatching(/^2026/), rotating: [] })
    expect(after.ssh?.userKeySecretArn).not.toBe(before.ssh?.userKeySecretArn)
    expect(after.ssh?.adminKeySecretArn).not.toBe(before.ssh?.adminKeySecretArn)
    expect(world.nodes.trusted(world.clusters.get(aName) as never)).toEqual(publicKeys())
    expect(publicKeys().filter((key) => old.includes(key))).toEqual([])
    expect(held()).toHaveLength(2)
    expect((await eventsOf(world)).slice(-3).map(({ type }) => type)).toEqual([
      'Wish',
      'Progress',
      'Progress',
    ])
    expect(wrongAtRest(world)).toEqual([])
  })

  it('is of one pair where one is asked for', async () => {
    const before = await get(world)
    await rotate(world, ['admin'])
    await world.advance(180)
    const { ssh } = await get(world)
    expect(ssh?.userKeySecretArn).toBe(before.ssh?.userKeySecretArn)
    expect(ssh?.adminKeySecretArn).not.toBe(before.ssh?.adminKeySecretArn)
    expect(wrongAtRest(world)).toEqual([])
  })

  it('asked for twice is one', async () => {
    await rotate(world)
    const pairs = held()
    expect(await rotate(world)).toMatchObject({ keys: { state: 'installing' } })
    expect(held()).toEqual(pairs)
    await Promise.all([rotate(world), rotate(world, ['user'])])
    await world.advance(180)
    expect(wrongAtRest(world)).toEqual([])
    expect((await eventsOf(world)).filter(({ message }) => /New keys were asked/.test(message))).toHaveLength(
      1,
    )
  })

  it('begun twice in the same moment leaves one, and no key of the other', async () => {
    const both = await Promise.allSettled([rotate(world), rotate(world)])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(held()).toHaveLength(4)
    await world.advance(400)
    expect(wrongAtRest(world)).toEqual([])
  })

  it('again and again leaves nothing behind, and nodes that were away learn of every key that is gone', async () => {
    for (let times = 0; times < 3; times++) {
      await rotate(world)
      await world.advance(180)
    }
    expect(held()).toHaveLength(2)
    const [text = { text: '' }] = world.nodes.texts.values()
    expect(text.text.match(/^drop admin /gm)).toHaveLength(3)
    expect(wrongAtRest(world)).toEqual([])
  })

  it('that no node confirms stops, is told, keeps both pairs, and goes on when it is asked for again', async () => {
    world.knob.keysUnheard = true
    const before = await get(world)
    await rotate(world)
    await world.advance(1000)
    expect(await get(world)).toMatchObject({
      ssh: before.ssh,
      keys: { state: 'failed', reason: 'KeysNotInstalled', rotating: ['user', 'admin'] },
    })
    expect(held()).toHaveLength(4)
    expect((await eventsOf(world)).at(-1)).toMatchObject({ type: 'Failure', reason: 'KeysNotInstalled' })
    const calls = world.calls.length
    await world.advance(1000)
    expect(world.calls.slice(calls).filter(({ name }) => name === 'putTrustedKeys')).toEqual([])
    world.knob.keysUnheard = false
    expect(await rotate(world)).toMatchObject({ keys: { state: 'installing' } })
    await world.advance(120)
    expect(await keysOf()).toMatchObject({ state: 'current', reason: null })
    expect(held()).toHaveLength(2)
    expect(wrongAtRest(world)).toEqual([])
  })

  it.each([
    { ends: 'comes true', project: 'my-project', state: 'UPDATE_COMPLETE' },
    { ends: 'fails', project: 'fail-update-1', state: 'UPDATE_FAILED' },
  ])('asked for during a slow update has all its time once that $ends', async ({ project, state }) => {
    const { name } = await create(world, wishFor(project))
    await world.advance(900)
    world.knob.updateSeconds = 1200
    await update(world, { maxNodes: 9 }, name)
    await world.advance(10)
    await rotate(world, ['user'], name)
    await world.advance(1000)
    expect(world.calls.map(({ name }) => name)).not.toContain('putTrustedKeys')
    await world.advance(600)
    expect(await get(world, name)).toMatchObject({ status: state, keys: { state: 'current', reason: null } })
    expect(wrongAtRest(world)).toEqual([])
  })

  it('that an update interrupts between the two phases goes on after it', async () => {
    await rotate(world)
    while ((await keysOf())?.state === 'installing') await world.advance(1)
    world.knob.updateSeconds = 1200
    await update(world, { maxNodes: 9 })
    await world.advance(1500)
    expect(await keysOf()).toMatchObject({ state: 'current', reason: null })
    expect(wrongAtRest(world)).toEqual([])
  })

  it('one of whose calls fails once after a slow update is not given up for that', async () => {
    world.knob.updateSeconds = 1200
    await update(world, { maxNodes: 9 })
    await world.advance(10)
    await rotate(world)
    let failed = false
    world.fault = ({ name }) => {
      if (name !== 'putTrustedKeys' || failed) return undefined
      failed = true
      return { when: 'before', error: unavailable() }
    }
    await world.advance(1600)
    expect(failed).toBe(true)
    expect(await keysOf()).toMatchObject({ state: 'current', reason: null })
  })

  it('whose old keys nobody says to refuse has the new ones, and keeps the old', async () => {
    await rotate(world)
    while ((await keysOf())?.state === 'installing') await world.advance(1)
    world.knob.keysUnheard = true
    await world.advance(1000)
    expect(await keysOf()).toMatchObject({ state: 'failed', reason: 'KeysNotRetired' })
    expect(held()).toHaveLength(4)
    expect(alwaysWrong(world)).toEqual([])
  })

  it.each([0, 4, 9, 30])('a delete %i seconds into it leaves nothing', async (seconds) => {
    await rotate(world)
    await world.advance(seconds)
    await remove(world)
    await world.advance(1200)
    expect(isEmpty(world)).toBe(true)
  })

  it('which dies after it minted leaves no key: the message knows of them', async () => {
    world.fault = ({ name }) => (name === 'commit' ? { when: 'before', error: unavailable() } : undefined)
    expect(await codeOf(rotate(world))).toBe('Unavailable')
    world.fault = () => undefined
    expect(held()).toHaveLength(4)
    await world.advance(400)
    expect(held()).toEqual(
      (['admin', 'user'] as const).map((owner) => secretName(world.clusters.get(aName) as never, owner)),
    )
    expect(wrongAtRest(world)).toEqual([])
  })

  it('is for clusters that run', async () => {
    expect(await codeOf(rotate(world, ['user'], 'hpc-none'))).toBe('ClusterNotFound')
    const { name } = await create(world, wishFor('other'))
    expect(await codeOf(rotate(world, ['user'], name))).toBe('ClusterBusy')
    await remove(world, name)
    expect(await codeOf(rotate(world, ['user'], name))).toBe('ClusterDeleting')
    await rotate(world, ['user'])
    expect(await codeOf(rotate(world, ['admin']))).toBe('ClusterBusy')
  })
})
