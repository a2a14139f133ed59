// A zone without capacity: the create goes on in the next one, each zone once, and says so.
import { describe, expect, it } from 'vitest'
import { isCapacity } from '../../core/reconcile/next-zone.ts'
import { isEmpty, wrongAtRest } from '../invariants.ts'
import { aName, create, eventsOf, get, remove } from '../wishes.ts'
import { makeWorld } from '../world.ts'
import { accountingSite, aSite } from './samples.ts'

const zones = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']
const without = (noCapacity: string[], world = makeWorld(accountingSite({ network: { zones } }))) => {
  world.knob.noCapacity = noCapacity
  return world
}

describe('a zone without capacity', () => {
  it('is followed by the next one, with the keys, the login and the subnet range that the cluster has', async () => {
    const world = without(['eu-west-1a', 'eu-west-1b'])
    const asked = await create(world)
    const logins = () => [...world.database.logins.keys()]
    await world.advance(120)
    const before = logins()
    await world.advance(3000)
    const built = await get(world)
    expect(built).toMatchObject({ status: 'CREATE_COMPLETE', reason: null, deploymentId: asked.deploymentId })
    expect(built.subnet).toMatchObject({ zone: 'eu-west-1c', cidr: asked.subnet?.cidr })
    expect(built.ssh?.userKeySecretArn).toBe(asked.ssh?.userKeySecretArn)
    expect(logins()).toEqual(before)
    expect(world.operations.queue().started).toBe(1)
    expect(wrongAtRest(world)).toEqual([])
  })

  it("is told with CloudFormation's own reason, from which zone to which", async () => {
    const world = without(['eu-west-1a', 'eu-west-1b'])
    await create(world)
    await world.advance(3000)
    const told = (await eventsOf(world)).filter(({ reason }) => reason === 'InsufficientCapacity')
    expect(told.map(({ type }) => type)).toEqual(Array(told.length).fill('Progress'))
    expect(told.length).toBeGreaterThan(0)
    for (const { message } of told) {
      expect(message).toMatch(/^eu-west-1[ab] has no capacity .* eu-west-1c/)
      expect(message).toContain('We currently do not have sufficient t3.medium capacity')
    }
  })

  it('of all zones is a failure that names them, each tried once', async () => {
    const world = without(zones)
    await create(world)
    await world.advance(6000)
    const failed = await get(world)
    expect(failed).toMatchObject({ status: 'CREATE_FAILED', reason: 'InsufficientCapacity' })
    for (const zone of zones) expect(failed.message).toContain(zone)
    expect(world.stacks.created).toHaveLength(3)
    expect(wrongAtRest(world)).toEqual([])
    // And the next deployment tries all of them again.
    world.knob.noCapacity = []
    await create(world)
    await world.advance(900)
    expect(await get(world)).toMatchObject({ status: 'CREATE_COMPLETE' })
  })

  it('leads to no zone that lacks an instance type', async () => {
    const world = without(['eu-west-1a', 'eu-west-1b'])
    world.offers = (zone) => zone !== 'eu-west-1c'
    await create(world)
    await world.advance(6000)
    expect(await get(world)).toMatchObject({ status: 'CREATE_FAILED', reason: 'InsufficientCapacity' })
    expect(world.stacks.created).toHaveLength(2)
  })

  it('is not followed by another one when the cluster is not wanted any more', async () => {
    const world = without(zones)
    await create(world)
    const moved = () => world.clusters.get(aName)?.zonesTried
    while (!moved()) await world.advance(1)
    await remove(world)
    await world.advance(900)
    expect(isEmpty(world)).toBe(true)
    expect(world.stacks.created).toHaveLength(1)
  })

  it('gives the next one as much time as the first one had', async () => {
    const site = aSite({ limitSeconds: { ...aSite().limitSeconds, creating: 500 } })
    const world = without(['eu-west-1a'], makeWorld(site))
    for (const project of ['a', 'b']) await create(world, { project })
    await world.advance(1500)
    expect([...world.clusters.values()].map(({ status, zone }) => [status, zone])).toEqual(
      Array(2).fill(['CREATE_COMPLETE', 'eu-west-1b']),
    )
  })
})

describe('a reason', () => {
  it.each([
    'HeadNode: We currently do not have sufficient c5n.18xlarge capacity in the Availability Zone you requested (us-east-1a). Our system will be working on provisioning additional capacity. (Service: Ec2, Status Code: 500)',
    'HeadNode: There is not enough capacity to fulfil your request. (Error Code: InsufficientInstanceCapacity)',
    'FileSystem: Insufficient capacity in the Availability Zone',
  ])('of capacity is known: %s', (text) => {
    expect(isCapacity(text)).toBe(true)
  })

  it.each([
    'HeadNode: You have requested more vCPU capacity than your current vCPU limit of 32 allows (VcpuLimitExceeded)',
    'Subnet: InsufficientFreeAddressesInSubnet',
    'FileSystem: Invalid Lustre storage capacity: 3600',
    'HeadNode: Insufficient security group permissions to create an EFA-enabled file system',
  ])('that another zone would not cure is none: %s', (text) => {
    expect(isCapacity(text)).toBe(false)
  })
})
