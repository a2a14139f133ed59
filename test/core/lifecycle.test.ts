// The life of a cluster over the in-memory cloud: from a wish to nothing left.
import { describe, expect, it } from 'vitest'
import { keyPairName, stackName } from '../../core/names.ts'
import { isEmpty, wrongAtRest } from '../invariants.ts'
import { aName, codeOf, create, eventsOf, get, refusal, remove } from '../wishes.ts'
import { makeWorld } from '../world.ts'

const ready = async (world = makeWorld()) => {
  await create(world)
  await world.advance(600)
  return world
}

describe('a cluster that goes well', () => {
  it('is asked for, built, ready, deleted and gone, and its events stay', async () => {
    const world = makeWorld()
    const asked = await create(world)
    expect(asked).toMatchObject({ status: 'CREATE_REQUEST_RECEIVED', wanted: 'present', headNode: null })
    expect(world.secrets.size).toBe(2)

    await world.advance(60)
    expect(await get(world)).toMatchObject({ status: 'CREATE_IN_PROGRESS' })

    await world.advance(600)
    const built = await get(world)
    expect(built).toMatchObject({
      status: 'CREATE_COMPLETE',
      reason: null,
      ssh: asked.ssh && { user: 'sim' },
    })
    expect(built.headNode?.privateIpAddress).toBeTruthy()
    expect(built.ssh?.address).toBe(built.headNode?.privateIpAddress)
    expect(built.times.ready).not.toBeNull()
    expect(wrongAtRest(world)).toEqual([])

    expect(await remove(world)).toMatchObject({ status: 'DELETE_IN_PROGRESS', wanted: 'absent' })
    await world.advance(600)
    expect(isEmpty(world)).toBe(true)
    expect(await codeOf(get(world))).toBe('ClusterNotFound')
    expect(await codeOf(remove(world))).toBe('ClusterNotFound')
    expect((await eventsOf(world)).map(({ type, status }) => [type, status])).toEqual([
      ['Wish', 'CREATE_REQUEST_RECEIVED'],
      ['Status', 'CREATE_IN_PROGRESS'],
      ['Status', 'CREATE_COMPLETE'],
      ['Wish', undefined],
      ['Status', 'DELETE_IN_PROGRESS'],
      ['Status', 'DELETE_COMPLETE'],
    ])
    expect(world.failedPasses).toEqual([])
  })

  it('is told soon: in progress within seconds, ready within a minute of its stack', async () => {
    const world = makeWorld()
    world.network = ({ prompt }) => (prompt ? [] : [0])
    await create(world)
    await world.advance(5)
    expect((await get(world)).status).toBe('CREATE_IN_PROGRESS')
    await world.advance(world.knob.createSeconds + 60)
    expect((await get(world)).status).toBe('CREATE_COMPLETE')
  })

  it('has its keys, tags and slot under names of its deployment', async () => {
    const world = await ready()
    const { deploymentId, subnet } = await get(world)
    const of = { name: aName, deploymentId }
    expect([...world.keyPairs.keys()]).toEqual([keyPairName(of)])
    expect([...world.secrets.keys()].every((name) => name.includes(deploymentId))).toBe(true)
    expect([...world.secrets.values()].map(({ tags }) => tags['hpc-provisioner:cluster'])).toEqual([
      aName,
      aName,
    ])
    const stack = world.stacks.own.get(stackName(of))
    expect(stack?.cidr).toBe(subnet?.cidr)
    expect(stack?.tags).toMatchObject({
      'cost:project': 'my-project',
      'hpc-provisioner:deployment': deploymentId,
    })
  })

  it('is left alone: a pass over it, asked for or not, writes nothing', async () => {
    const world = await ready()
    const { deploymentId, version } = world.clusters.get(aName) ?? { deploymentId: '' }
    world.calls.length = 0
    for (const prompt of [true, false]) await world.deliver({ name: aName, deploymentId, prompt })
    expect(world.calls.map(({ name }) => name).filter((name) => !name.startsWith('get'))).toEqual([])
    expect(world.clusters.get(aName)?.version).toBe(version)
  })

  it('is audited from time to time, so that a stack which someone deleted is noticed', async () => {
    const world = await ready()
    const { deploymentId } = await get(world)
    world.network = ({ prompt }) => (prompt ? [] : [0])
    world.vanish(stackName({ name: aName, deploymentId }))
    await world.advance(2 * 3600)
    expect(await get(world)).toMatchObject({ status: 'CREATE_FAILED', reason: 'StackVanished', ssh: null })
    expect(wrongAtRest(world)).toEqual([])
  })
})

describe('the deletion of a cluster', () => {
  for (const seconds of [0, 1, 2, 5, 60, 299, 300, 301])
    it(`${seconds} s after the create leaves nothing`, async () => {
      const world = makeWorld()
      await create(world)
      await world.advance(seconds)
      await remove(world)
      await remove(world)
      await world.advance(900)
      expect(isEmpty(world)).toBe(true)
      expect(world.stacks.violations).toEqual([])
      expect(world.failedPasses).toEqual([])
    })

  it('refuses a create until it is done, and says when to ask again', async () => {
    const world = await ready()
    await remove(world)
    const { code, retryAfterSeconds } = await refusal(create(world))
    expect({ code, retryAfterSeconds }).toEqual({
      code: 'ClusterDeleting',
      retryAfterSeconds: expect.any(Number),
    })
    await world.advance(50)
    expect(await codeOf(create(world))).toBe('ClusterDeleting')
    await world.advance(600)
    await create(world)
    await world.advance(600)
    expect(wrongAtRest(world)).toEqual([])
  })

  it('that is stuck is recorded once and tried again until it is done', async () => {
    const world = await ready()
    world.knob.stuckDeletions = 3
    await remove(world)
    await world.advance(200)
    expect(await get(world)).toMatchObject({ status: 'DELETE_FAILED', reason: 'StackStuck' })
    await world.advance(3600)
    expect(isEmpty(world)).toBe(true)
    expect((await eventsOf(world)).filter(({ status }) => status === 'DELETE_FAILED')).toHaveLength(1)
  })

  it("waits for ParallelCluster's own stack, and says so when that takes too long", async () => {
    const world = await ready()
    world.knob.lingerSeconds = 3 * 3600
    await remove(world)
    await world.advance(1800)
    expect(world.stacks.own.size).toBe(0)
    expect((await get(world)).status).toBe('DELETE_IN_PROGRESS')
    expect(world.slots.size).toBe(1)
    await world.advance(3600)
    expect(await get(world)).toMatchObject({ status: 'DELETE_FAILED', reason: 'PclusterStackRemains' })
    await world.advance(3 * 3600)
    expect(isEmpty(world)).toBe(true)
  })
})
