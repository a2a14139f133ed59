// Two environments of one account: they see one another's stacks, which have the same names and tags, and hear of them.
import { describe, expect, it } from 'vitest'
import { clusterName, stackName } from '../../core/names.ts'
import { wrongAtRest } from '../invariants.ts'
import { aName, create, eventsOf, get, remove, wishFor } from '../wishes.ts'
import { makeWorld, type World } from '../world.ts'
import { aSite } from './samples.ts'

function anAccount() {
  const one = makeWorld(aSite({ name: 'one' }))
  const other = makeWorld(aSite({ name: 'other', network: { clusterRange: '10.80.0.0/16' } }), one)
  // The ids of in-memory clouds are counted, those of real ones never meet.
  other.context.cloud.newDeploymentId = () => `01other${'0'.repeat(18)}1`
  const advance = async (seconds: number) => {
    for (let at = 0; at < seconds; at += 10) for (const world of [one, other]) await world.advance(10)
  }
  return { one, other, advance }
}
const deletions = ({ calls }: World) => calls.filter(({ name }) => name === 'deleteStack').length

describe('a stack of another environment', () => {
  it.each([
    { state: 'that is created, runs, and is deleted', project: 'theirs', ends: 'CREATE_COMPLETE' },
    { state: 'that fails', project: 'fail-create-1', ends: 'CREATE_FAILED' },
  ])('$state is nothing to us', async ({ project, ends }) => {
    const { one, other, advance } = anAccount()
    const name = clusterName(wishFor(project))
    await create(one, wishFor(project))
    await advance(1200)
    expect((await get(one, name)).status).toBe(ends)
    await remove(one, name)
    await advance(600)
    expect(one.clusters.size).toBe(0)
    expect(deletions(other)).toBe(0)
    expect(other.deadLetters.length + other.failedPasses.length + other.queue.length).toBe(0)
  })
})

it('our own stack that came late is removed, by our history', async () => {
  const world = makeWorld()
  const { deploymentId } = await create(world)
  await world.advance(900)
  await remove(world)
  await world.advance(900)
  expect(world.clusters.size).toBe(0)
  const name = stackName({ name: aName, deploymentId })
  const Cluster = { Properties: { ClusterName: aName } }
  const Subnet = { Properties: { CidrBlock: '10.64.3.0/24' } }
  await world.stacks.calls.createStack({
    name,
    template: { Resources: { Cluster, Subnet } },
    tags: {},
    roleArn: '',
  })
  await world.advance(600)
  expect(world.stacks.own.size).toBe(0)
  expect(wrongAtRest(world)).toEqual([])
})

describe('the same project in two environments', () => {
  it('is whose it was first: of two creates that see nothing of one another, one fails and touches nothing', async () => {
    const { one, other, advance } = anAccount()
    await create(one)
    await one.advance(10)
    const { pcluster } = one.stacks
    const theirs = [...pcluster]
    pcluster.clear()
    await create(other)
    await other.advance(10)
    for (const [name, stack] of theirs) pcluster.set(name, stack)
    expect(one.stacks.own.size).toBe(2)
    await advance(900)
    expect((await get(one)).status).toBe('CREATE_COMPLETE')
    const reasons = (await eventsOf(other)).flatMap(({ reason }) => reason ?? [])
    expect(reasons).toEqual(['CreateFailed'])
    expect(one.stacks.violations).toEqual([`two stacks of ${aName}`])
    await remove(other, aName, true)
    await advance(900)
    expect(other.clusters.size + other.slots.size).toBe(0)
    expect(one.stacks.pcluster.has(aName)).toBe(true)
    expect((await get(one)).status).toBe('CREATE_COMPLETE')
    expect(one.stacks.violations).toEqual([`two stacks of ${aName}`])
  })

  it('that is there already is waited for and never touched, also by force', async () => {
    const { one, other, advance } = anAccount()
    await create(one)
    await advance(900)
    await create(other)
    await advance(3 * 3600)
    expect(await get(other)).toMatchObject({ status: 'DELETE_FAILED', reason: 'TimedOut' })
    await remove(other, aName, true)
    await advance(900)
    expect(other.clusters.size + other.slots.size).toBe(0)
    expect((await get(one)).status).toBe('CREATE_COMPLETE')
    expect(one.stacks.violations).toEqual([])
  })
})
