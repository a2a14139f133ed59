// A deletion that gets stuck is tried again, then goes on without what holds it, and what is left is told and kept.
import { describe, expect, it } from 'vitest'
import { clusterName } from '../../core/names.ts'
import { wrongAtRest } from '../invariants.ts'
import { aName, create, eventsOf, get, remove, wishFor } from '../wishes.ts'
import { makeWorld, type World } from '../world.ts'

const hour = 3600
async function aReadyCluster(): Promise<World> {
  const world = makeWorld()
  await create(world)
  await world.advance(900)
  return world
}
const reasons = async (world: World, name = aName) =>
  (await eventsOf(world, name)).flatMap(({ reason }) => reason ?? [])

describe('a stack that CloudFormation cannot delete', () => {
  it('is told at once with what holds it, and is gone once that passes', async () => {
    const world = await aReadyCluster()
    world.knob.stuckDeletions = 1
    await remove(world)
    await world.advance(130)
    expect(await get(world)).toMatchObject({
      status: 'DELETE_FAILED',
      reason: 'StackStuck',
      message: expect.stringContaining('Subnet (AWS::EC2::Subnet subnet-1: it has dependencies'),
      leftovers: [{ logicalId: 'Subnet', type: 'AWS::EC2::Subnet', physicalId: 'subnet-1' }],
    })
    await world.advance(600)
    expect(world.clusters.size).toBe(0)
    expect(wrongAtRest(world)).toEqual([])
  })

  it('is tried again after 1, 2, 5, 15, 30 and 60 minutes, and told once', async () => {
    const world = await aReadyCluster()
    world.knob.held = ['Subnet']
    await remove(world)
    await world.advance(3 * hour)
    const [first, last] = (await eventsOf(world)).filter(({ type }) => type === 'Failure')
    expect([first?.reason, last?.reason]).toEqual(['StackStuck', 'ResourcesRetained'])
    const minutes = (Date.parse(last?.at ?? '') - Date.parse(first?.at ?? '')) / 60_000
    const [waits, tries, late] = [1 + 2 + 5 + 15 + 30 + 60, (6 * world.knob.deleteSeconds) / 60, 6]
    expect(minutes).toBeGreaterThan(waits + tries)
    expect(minutes).toBeLessThan(waits + tries + late)
    expect(world.clusters.get(aName)?.removal?.tries).toBe(7)
  })

  it('goes on without what holds it; the record and its slot stay until that is gone', async () => {
    const world = await aReadyCluster()
    world.knob.held = ['Subnet', 'SecurityGroup']
    await remove(world)
    await world.advance(4 * hour)
    expect(world.stacks.own.size).toBe(0)
    const left = [{ logicalId: 'Subnet' }, { logicalId: 'SecurityGroup' }]
    expect(await get(world)).toMatchObject({ status: 'DELETE_FAILED', reason: 'Leftovers', leftovers: left })
    expect(world.slots.size).toBe(1)
    expect(await reasons(world)).toEqual(['StackStuck', 'ResourcesRetained', 'Leftovers'])
    world.stacks.leftovers.splice(0)
    await world.advance(hour + 120)
    expect(world.clusters.size + world.slots.size + world.keyPairs.size).toBe(0)
    expect(wrongAtRest(world)).toEqual([])
  })
})

describe("ParallelCluster's own stack", () => {
  it('that its provider never deletes is deleted after the time for deleting is over', async () => {
    const world = await aReadyCluster()
    world.knob.silentProvider = true
    await remove(world)
    await world.advance(hour - 60)
    expect(world.stacks.pcluster.size).toBe(1)
    await world.advance(4 * hour)
    expect(world.stacks.pcluster.size + world.stacks.own.size + world.clusters.size).toBe(0)
    expect(wrongAtRest(world)).toEqual([])
  })

  it('is never left in part without force, and is told with what holds it', async () => {
    const world = await aReadyCluster()
    world.knob.pclusterHeld = ['HeadNode']
    await remove(world)
    await world.advance(24 * hour)
    expect(world.stacks.pcluster.size).toBe(1)
    expect(await get(world)).toMatchObject({
      status: 'DELETE_FAILED',
      reason: 'PclusterStackStuck',
      leftovers: [{ logicalId: 'HeadNode', physicalId: 'i-headnode', reason: 'termination protection' }],
    })
    world.knob.pclusterHeld = []
    await world.advance(3 * hour)
    expect(wrongAtRest(world)).toEqual([])
    expect(world.clusters.size).toBe(0)
  })

  it('of someone else is never deleted, by force neither', async () => {
    const world = makeWorld()
    world.stacks.pcluster.set(aName, { owner: 'someone' })
    await create(world)
    await world.advance(120)
    await remove(world)
    await world.advance(2 * hour)
    expect(await get(world)).toMatchObject({ status: 'DELETE_FAILED', reason: 'PclusterStackRemains' })
    await remove(world, aName, true)
    await world.advance(600)
    expect(world.stacks.pcluster.get(aName)).toEqual({ owner: 'someone' })
    expect(world.clusters.size + world.slots.size).toBe(0)
  })
})

describe('the clean-up of a create that failed', () => {
  const failing = wishFor('fail-create-1')
  const name = clusterName(failing)

  it('that never ends is told like a deletion, and keeps its reason', async () => {
    const world = makeWorld()
    world.stacks.pcluster.set(name, { owner: 'someone' })
    await create(world, failing)
    await world.advance(4 * hour)
    expect(await get(world, name)).toMatchObject({ status: 'DELETE_FAILED', reason: 'TimedOut' })
    expect(await reasons(world, name)).toEqual(['TimedOut', 'PclusterStackRemains'])
    world.stacks.pcluster.delete(name)
    await world.advance(hour)
    expect(await get(world, name)).toMatchObject({ status: 'CREATE_FAILED', reason: 'TimedOut' })
    expect(wrongAtRest(world)).toEqual([])
  })

  it('leaves what holds it, and keeps the slot and the reason until that is gone', async () => {
    const world = makeWorld()
    world.knob.held = ['Subnet']
    await create(world, failing)
    await world.advance(5 * hour)
    expect(await get(world, name)).toMatchObject({
      status: 'DELETE_FAILED',
      reason: 'CreateFailed',
      leftovers: [{ logicalId: 'Subnet' }],
    })
    world.stacks.leftovers.splice(0)
    await world.advance(hour + 120)
    expect(await get(world, name)).toMatchObject({ status: 'CREATE_FAILED', leftovers: [], subnet: null })
    expect(wrongAtRest(world)).toEqual([])
  })
})
