// What someone else does to a cluster that runs is noticed within the hour, healed where it can be, and told once.
import { describe, expect, it } from 'vitest'
import { keyPairName, secretName, stackName } from '../../core/names.ts'
import { wrongAtRest } from '../invariants.ts'
import { aName, create, eventsOf, get, remove } from '../wishes.ts'
import { makeWorld, type World } from '../world.ts'
import { accountingSite } from './samples.ts'

const hour = 3600
async function aReadyCluster() {
  const world = makeWorld(accountingSite())
  const { deploymentId } = await create(world)
  await world.advance(900)
  return { world, of: { name: aName, deploymentId } }
}
const failures = async (world: World) =>
  (await eventsOf(world)).filter(({ type }) => type === 'Failure').map(({ reason }) => reason)

describe('of a cluster that runs', () => {
  it('a key pair that was removed is imported again, as it was', async () => {
    const { world, of } = await aReadyCluster()
    const publicKey = world.keyPairs.get(keyPairName(of))?.split(' ').slice(0, 2).join(' ')
    world.keyPairs.clear()
    await world.advance(hour + 120)
    expect(world.keyPairs.get(keyPairName(of))).toBe(publicKey)
    expect((await eventsOf(world)).at(-1)?.message).toContain('imported again')
    expect(await get(world)).toMatchObject({ status: 'CREATE_COMPLETE', problems: [] })
    expect(wrongAtRest(world)).toEqual([])
  })

  it('a key pair whose public half is not on record is told', async () => {
    const { world } = await aReadyCluster()
    const record = world.clusters.get(aName)
    delete record?.keys?.current
    world.keyPairs.clear()
    await world.advance(hour + 120)
    expect(await get(world)).toMatchObject({ problems: [{ reason: 'KeyPairGone' }] })
  })

  it('a secret that was deleted, or is about to be, is told once and for as long as it is so', async () => {
    const { world, of } = await aReadyCluster()
    world.secrets.delete(secretName(of, 'user'))
    world.leaving.add(secretName(of, 'admin'))
    await world.advance(5 * hour)
    expect(await get(world)).toMatchObject({
      status: 'CREATE_COMPLETE',
      problems: [{ reason: 'UserKeyGone' }, { reason: 'AdminKeyLeaving' }],
    })
    expect(await failures(world)).toEqual(['UserKeyGone', 'AdminKeyLeaving'])
    world.leaving.clear()
    await world.advance(hour + 120)
    expect(await get(world)).toMatchObject({ problems: [{ reason: 'UserKeyGone' }] })
    expect((await eventsOf(world)).at(-1)?.message).toBe('What was told as AdminKeyLeaving is over.')
  })

  it('the password of its accounting that was deleted is told', async () => {
    const { world } = await aReadyCluster()
    world.database.logins.clear()
    await world.advance(hour + 120)
    expect(await get(world)).toMatchObject({ problems: [{ reason: 'DatabasePasswordGone' }] })
  })

  it("ParallelCluster's stack that was deleted is the end of it: told, cleaned up, free to be asked for again", async () => {
    const { world } = await aReadyCluster()
    world.stacks.pcluster.clear()
    await world.advance(2 * hour)
    expect(await get(world)).toMatchObject({ status: 'CREATE_FAILED', reason: 'PclusterStackVanished' })
    expect(wrongAtRest(world)).toEqual([])
    expect(await create(world)).toMatchObject({ status: 'CREATE_REQUEST_RECEIVED' })
  })

  it.each([
    {
      what: "ParallelCluster's stack",
      stacks: (world: World) => world.stacks.pcluster as Map<string, unknown>,
    },
    { what: 'its own stack', stacks: (world: World) => world.stacks.own as Map<string, unknown> },
  ])('$what that one look does not find is looked for once more, and nothing else', async ({ stacks }) => {
    const { world } = await aReadyCluster()
    const all = [...stacks(world)]
    world.turn = async (name) => void (name === 'getStack' && stacks(world).clear())
    const { version } = world.clusters.get(aName) ?? { version: 0 }
    while (world.clusters.get(aName)?.version === version) await world.advance(30)
    world.turn = async () => {}
    for (const [name, stack] of all) stacks(world).set(name, stack)
    await world.advance(2 * hour)
    expect((await get(world)).status).toBe('CREATE_COMPLETE')
    expect(await failures(world)).toEqual([])
    expect(wrongAtRest(world)).toEqual([])
  })

  it('its stack whose deletion someone else began and CloudFormation could not end, is no create that failed', async () => {
    const { world, of } = await aReadyCluster()
    const stack = world.stacks.own.get(stackName(of))
    if (stack) stack.status = 'DELETE_FAILED'
    await world.advance(3 * hour)
    expect(await get(world)).toMatchObject({ status: 'CREATE_FAILED', reason: 'StackVanished' })
    expect(await failures(world)).toEqual(['StackVanished', 'StackStuck'])
    expect(wrongAtRest(world)).toEqual([])
  })

  it('its stack that someone deletes, and cannot, is told like any deletion that is stuck', async () => {
    const { world, of } = await aReadyCluster()
    world.knob.held = ['Subnet']
    await world.stacks.calls.deleteStack(stackName(of))
    await world.advance(hour)
    expect(await get(world)).toMatchObject({ status: 'DELETE_FAILED', reason: 'StackVanished' })
    expect(await failures(world)).toEqual(['StackVanished', 'StackStuck'])
  })

  it('all of it costs as many calls an hour as there are parts to look at', async () => {
    const { world } = await aReadyCluster()
    const before = world.calls.length
    await world.advance(hour)
    const names = world.calls.slice(before).map(({ name }) => name)
    expect(names.filter((name) => !['listDue', 'getQueue'].includes(name)).sort()).toEqual([
      'commit',
      'getCluster',
      'getKeyPair',
      'getSecretState',
      'getSecretState',
      'getSecretState',
      'getStack',
      'getStack',
      'wake',
    ])
  })
})

describe('a pass that always fails', () => {
  const denied = Object.assign(new Error('arn:aws:iam::1:role/secret is not authorized'), {
    name: 'AccessDeniedException',
  })
  const deny = (world: World, denies: string[]) => {
    world.fault = ({ name }) => (denies.includes(name) ? { when: 'before', error: denied } : undefined)
  }

  it.each([
    { what: 'look at the stack', denies: ['getStack'] },
    { what: 'delete the stack', denies: ['deleteStack'] },
    { what: 'give back the key pair', denies: ['deleteKeyPair'] },
    { what: 'remove the login to accounting', denies: ['removeAccounting'] },
  ])(
    'to $what of a cluster that shall go is told when the time is over, without the words of AWS',
    async ({ denies }) => {
      const { world } = await aReadyCluster()
      deny(world, denies)
      await remove(world)
      await world.advance(3 * hour)
      const told = await get(world)
      expect(told).toMatchObject({ status: 'DELETE_FAILED', reason: 'PassFails' })
      expect(told.message).toContain('AccessDeniedException')
      expect(JSON.stringify(await eventsOf(world))).not.toContain('role/secret')
      expect(await failures(world)).toEqual(['PassFails'])
      world.fault = () => undefined
      await world.advance(2 * hour)
      expect(world.clusters.size).toBe(0)
      expect(world.slots.size + world.secrets.size + world.keyPairs.size).toBe(0)
    },
  )

  it('ends a create, and its clean-up is told, too', async () => {
    const world = makeWorld()
    deny(world, ['getStack'])
    await create(world)
    await world.advance(1.5 * hour)
    expect(await failures(world)).toEqual(['PassFails'])
    await world.advance(3 * hour)
    expect(await get(world)).toMatchObject({ status: 'DELETE_FAILED', reason: 'PassFails' })
    world.fault = () => undefined
    await world.advance(2 * hour)
    expect(await get(world)).toMatchObject({ status: 'CREATE_FAILED', reason: 'PassFails' })
    expect(world.slots.size + world.keyPairs.size).toBe(0)
  })
})
