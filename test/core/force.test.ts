// A deletion by force ends in every state of a cluster: what can be deleted is, and what is left is told.
import { describe, expect, it } from 'vitest'
import { alwaysWrong, isEmpty, wrongAtRest } from '../invariants.ts'
import { aName, aWish, create, eventsOf, get, remove, rotate, update, wishFor } from '../wishes.ts'
import { makeWorld, type World } from '../world.ts'
import { accountingSite, siteWithFsx } from './samples.ts'

const force = (world: World) => remove(world, aName, true)
const last = async (world: World) => (await eventsOf(world)).at(-1)

const states: { state: string; reach: (world: World) => Promise<unknown> }[] = [
  { state: 'that was just asked for', reach: (world) => create(world) },
  {
    state: 'that is being created',
    reach: async (world) => {
      await create(world)
      await world.advance(60)
    },
  },
  {
    state: 'that failed',
    reach: async (world) => {
      world.knob.refuses = 'Template format error'
      await create(world)
      await world.advance(600)
    },
  },
  {
    state: 'that is ready',
    reach: async (world) => {
      await create(world)
      await world.advance(900)
    },
  },
  {
    state: 'that is being updated',
    reach: async (world) => {
      await create(world)
      await world.advance(900)
      await update(world, { maxNodes: 9 })
      await world.advance(10)
    },
  },
  {
    state: 'that is being deleted',
    reach: async (world) => {
      await create(world)
      await world.advance(900)
      await remove(world)
      await world.advance(30)
    },
  },
  {
    state: 'whose provider never answers',
    reach: async (world) => {
      await create(world)
      await world.advance(900)
      world.knob.silentProvider = true
      await remove(world)
      await world.advance(60)
    },
  },
]

describe('a deletion by force', () => {
  it.each(states)('ends with nothing left of a cluster $state', async ({ reach }) => {
    const world = makeWorld()
    await reach(world)
    expect(await force(world)).toMatchObject({ status: 'DELETE_IN_PROGRESS', wanted: 'absent' })
    const wishes = (await eventsOf(world)).filter(({ type }) => type === 'Wish').length
    await force(world)
    expect((await eventsOf(world)).filter(({ type }) => type === 'Wish')).toHaveLength(wishes)
    await world.advance(2 * 3600)
    expect(await last(world)).toMatchObject({ status: 'DELETE_COMPLETE' })
    expect(isEmpty(world)).toBe(true)
    expect(wrongAtRest(world)).toEqual([])
  })

  it('waits for no export, and says so', async () => {
    const world = makeWorld(siteWithFsx())
    await create(world)
    await world.advance(900)
    await force(world)
    expect((await last(world))?.message).toContain('not exported are lost')
    await world.advance(600)
    expect(isEmpty(world)).toBe(true)
    expect(world.data.tasks.filter(({ token }) => token.includes('exporting'))).toEqual([])
  })

  it('leaves what cannot be deleted, tells it in the last event, and gives no slot back with a subnet in it', async () => {
    const world = makeWorld()
    await create(world)
    await world.advance(900)
    world.knob.held = ['Subnet']
    world.knob.pclusterHeld = ['HeadNode']
    await force(world)
    await world.advance(3600)
    expect(world.clusters.size + world.secrets.size + world.keyPairs.size).toBe(0)
    expect(await last(world)).toMatchObject({ status: 'DELETE_COMPLETE', reason: 'Leftovers' })
    expect((await last(world))?.message).toContain('Subnet (AWS::EC2::Subnet subnet-1')
    expect(world.slots.size).toBe(1)
    expect(alwaysWrong(world)).toEqual([])
    for (const project of ['a', 'b', 'c']) await create(world, wishFor(project))
    expect(alwaysWrong(world)).toEqual([])
  })

  it('does not wait for the next try of one that is stuck', async () => {
    const world = makeWorld()
    await create(world)
    await world.advance(900)
    world.knob.held = ['Subnet']
    await remove(world)
    await world.advance(1500)
    expect(await get(world)).toMatchObject({ status: 'DELETE_FAILED', reason: 'StackStuck' })
    expect(await force(world)).toMatchObject({ status: 'DELETE_IN_PROGRESS' })
    await world.advance(150)
    expect(world.clusters.size).toBe(0)
    expect(alwaysWrong(world)).toEqual([])
  })

  it('may be asked for where the ordinary deletion ended with leftovers, and lets the record go', async () => {
    const world = makeWorld()
    await create(world)
    await world.advance(900)
    world.knob.held = ['Subnet']
    await remove(world)
    await world.advance(4 * 3600)
    expect(await get(world)).toMatchObject({ status: 'DELETE_FAILED', reason: 'Leftovers' })
    await force(world)
    await world.advance(60)
    expect(world.clusters.size).toBe(0)
    expect(alwaysWrong(world)).toEqual([])
  })

  const denied = Object.assign(new Error('arn:aws:iam::1:role/secret may not'), {
    name: 'AccessDeniedException',
  })
  const refuse = (world: World, ...names: string[]) => {
    world.fault = ({ name }) => (names.includes(name) ? { when: 'before', error: denied } : undefined)
  }

  it.each([
    { call: 'removeAccounting', what: 'AccountingLogin (Login hpc_01test' },
    { call: 'deleteSecret', what: 'UserKey (AWS::SecretsManager::Secret hpc-provisioner/' },
    { call: 'deleteKeyPair', what: 'KeyPair (AWS::EC2::KeyPair hpc-' },
  ])('lets go of what $call cannot remove, and tells of it', async ({ call, what }) => {
    const world = makeWorld(accountingSite())
    await create(world)
    await world.advance(900)
    refuse(world, call)
    await force(world)
    await world.advance(3600)
    expect(world.clusters.size + world.slots.size + world.operations.clustersOf(aWish.virtualLab)).toBe(0)
    const { message = '', ...told } = (await last(world)) ?? {}
    expect(told).toMatchObject({ status: 'DELETE_COMPLETE', reason: 'Leftovers' })
    expect(message).toContain(what)
    expect(message).toContain('AccessDeniedException')
    expect(JSON.stringify(await eventsOf(world))).not.toContain('role/secret')
    expect(world.deadLetters).toEqual([])
  })

  it('lets go of the keys of a rotation as well', async () => {
    const world = makeWorld()
    await create(world)
    await world.advance(900)
    await rotate(world)
    await world.advance(10)
    refuse(world, 'deleteTrustedKeys')
    await force(world)
    await world.advance(3600)
    expect(world.clusters.size + world.secrets.size).toBe(0)
    expect((await last(world))?.message).toContain('TrustedKeys (AWS::S3::Object hpc-')
  })

  it('gives back what it could not at first, where that passes within minutes', async () => {
    const world = makeWorld(accountingSite())
    await create(world)
    await world.advance(900)
    refuse(world, 'removeAccounting')
    await force(world)
    await world.advance(240)
    expect(await get(world)).toMatchObject({ leftovers: [{ logicalId: 'AccountingLogin' }] })
    world.fault = () => undefined
    await world.advance(120)
    expect((await last(world))?.message).toBe('The cluster and all that it held is gone.')
    expect(isEmpty(world)).toBe(true)
  })

  it('ends where nobody may look for what is left, and keeps the slot then', async () => {
    const world = makeWorld()
    await create(world)
    await world.advance(900)
    world.knob.held = ['Subnet']
    refuse(world, 'listRemaining')
    await force(world)
    await world.advance(3600)
    expect(world.clusters.size).toBe(0)
    expect(world.slots.size).toBe(1)
    expect((await last(world))?.reason).toBe('Leftovers')
  })
})
