// PATCH beside the plain tiers: of tailor-made clusters, to types that a zone may not have, after an upgrade.
import { describe, expect, it } from 'vitest'
import type { Templates } from '../../core/render/templates.ts'
import { UpdateCluster } from '../../core/shape/changes.ts'
import { createCluster } from '../../core/verbs/create-cluster.ts'
import { wrongAtRest } from '../invariants.ts'
import { aName, aWish, codeOf, create, get, refusal, update } from '../wishes.ts'
import { makeWorld, templates, type World } from '../world.ts'
import { aSite } from './samples.ts'

const resources = { nodes: 4, vcpusPerNode: 16, maxRuntimeMinutes: 60 }
const tailorMade = async (tier?: string, world = makeWorld()) => {
  const { virtualLab, project } = aWish
  await createCluster(world.context, { virtualLab, project, benchmark: false, tier, resources })
  await world.advance(600)
  return world
}
const running = (world: World) =>
  JSON.parse([...world.stacks.own.values()][0]?.configuration ?? '{}') as {
    HeadNode: object
    Scheduling: { SlurmQueues: { Name: string; ComputeResources: object[] }[] }
  }
const queuesOf = (world: World) => running(world).Scheduling.SlurmQueues

describe('a tailor-made cluster', () => {
  it('can have more nodes, larger and longer jobs; its shape tells what was chosen, its changes what became of it', async () => {
    const world = await tailorMade()
    const more = { maxCounts: { 'c6a-4xlarge': 9 }, maxNodes: 9, maxTime: '2-00' }
    const { shape } = await update(world, more)
    expect(shape).toMatchObject({ instanceType: 'c6a.4xlarge', nodes: 4 })
    await world.advance(300)
    expect(await get(world)).toMatchObject({
      ...{ status: 'UPDATE_COMPLETE', tier: 'tailored', resources, shape, changes: more },
    })
    expect(queuesOf(world)).toMatchObject([
      {
        Name: 'tailored',
        CustomSlurmSettings: { MaxNodes: 9, MaxTime: '2-00' },
        ComputeResources: [{ Name: 'c6a-4xlarge', MaxCount: 9 }],
      },
    ])
    expect(wrongAtRest(world)).toEqual([])
  })

  it('has no other compute resource, no more nodes than its subnet, and no fewer than it had', async () => {
    const world = await tailorMade()
    expect(await refusal(update(world, { maxCounts: { 't3-micro': 9 } }))).toMatchObject({
      code: 'InvalidRequest',
      message: expect.stringContaining('the tier tailored: c6a-4xlarge'),
    })
    expect(await codeOf(update(world, { maxCounts: { 'c6a-4xlarge': 236 } }))).toBe('InvalidRequest')
    expect(await codeOf(update(world, { maxCounts: { 'c6a-4xlarge': 3 } }))).toBe('UpdateRefused')
  })

  it('becomes no tier with other queues', async () => {
    const world = await tailorMade()
    const { code, details } = await refusal(update(world, { tier: 'debug' }))
    expect(code).toBe('UpdateRefused')
    expect(details?.map(({ path }) => path)).toContain('Scheduling.SlurmQueues[tailored]')
    expect((await update(world, { tier: 'tailored' })).status).toBe('CREATE_COMPLETE')
  })

  it('becomes the whole of the tier that framed it when that is named, and stays so', async () => {
    const world = await tailorMade('prod-mpi')
    await update(world, { maxNodes: 6 })
    await world.advance(300)
    await update(world, { tier: 'prod-mpi' })
    await world.advance(300)
    expect(await get(world)).toMatchObject({
      ...{ status: 'UPDATE_COMPLETE', tier: 'prod-mpi', resources: null, shape: null, changes: null },
    })
    const { 'prod-mpi': tier } = templates.tiers
    expect(queuesOf(world)).toMatchObject([
      { ComputeResources: [{ MaxCount: tier?.queues[0]?.ComputeResources[0]?.MaxCount }] },
    ])
    await update(world, { tier: 'prod-mpi' })
    expect(world.clusters.get(aName)?.generation).toBe(2)
  })
})

describe('what a create takes and no update', () => {
  it.each(['resources', 'lustre', 'benchmark'])('is refused with the way out: %s', (key) => {
    const { error } = UpdateCluster.safeParse({ maxNodes: 9, [key]: {} })
    expect(error?.issues).toMatchObject([
      { path: [key], message: expect.stringMatching(/^cannot be changed: .* create it anew$/) },
    ])
  })

  it('is told from what nobody takes', () => {
    expect(UpdateCluster.safeParse({ maxNode: 9 }).error?.issues[0]?.message).toContain('maxNode')
  })
})

describe('another tier', () => {
  const withBig = (world: World): World => {
    const debug = templates.tiers.debug as Templates['tiers'][string]
    const second = { Name: 'q2', Instances: [{ InstanceType: 'c7a.large' }], MaxCount: 2 }
    const [queue] = debug.queues
    const more = { ...queue, Name: 'q2', ComputeResources: [second] }
    const big = { ...debug, name: 'big', queues: [...debug.queues, more] }
    world.context.templates = { ...templates, tiers: { ...templates.tiers, big: big as typeof debug } }
    return world
  }
  const ready = async (world: World) => {
    await create(world)
    await world.advance(600)
    world.calls.length = 0
    return world
  }

  it('whose types the cluster’s zone does not offer is refused, naming types and zone, and writes nothing', async () => {
    const world = await ready(withBig(makeWorld()))
    const zone = world.clusters.get(aName)?.zone
    world.offers = (_zone, types) => !types.includes('c7a.large')
    const { code, message, details } = await refusal(update(world, { tier: 'big' }))
    expect(code).toBe('UpdateRefused')
    expect(message).toContain(`${zone}, where the subnet of ${aName} is, does not offer c7a.large.`)
    expect(details?.map(({ path }) => path)).toEqual(['tier'])
    expect(world.clusters.get(aName)?.generation).toBeUndefined()
  })

  it('is taken where its zone offers what is new, and only that is asked for', async () => {
    const world = await ready(withBig(makeWorld()))
    const asked: unknown[] = []
    world.offers = (zone, types) => asked.push([zone, types]) > 0
    await update(world, { tier: 'big' })
    expect(asked).toEqual([[world.clusters.get(aName)?.zone, ['c7a.large']]])
    await world.advance(300)
    expect(await get(world)).toMatchObject({ status: 'UPDATE_COMPLETE', tier: 'big' })
  })

  it('asks nothing of a site whose zones all offer everything, nor where no type is new', async () => {
    const everywhere = await ready(withBig(makeWorld(aSite({ network: { zoneOfferings: 'all' } }))))
    await update(everywhere, { tier: 'big' })
    const world = await ready(makeWorld())
    await update(world, { maxCounts: { 't3-micro': 9 } })
    for (const { calls } of [everywhere, world])
      expect(calls.map(({ name }) => name)).toEqual(['getCluster', 'commit', 'wake'])
  })
})

it('an update after an upgrade of the service changes what was asked for, and not the scripts of running nodes', async () => {
  const world = makeWorld()
  await create(world)
  await world.advance(600)
  const before = running(world)
  const { scripts } = world.site
  scripts.keys['users.sh'] = 'of-a-later-version/users.sh'
  await update(world, { maxCounts: { 't3-micro': 12 } })
  await world.advance(300)
  expect((await get(world)).status).toBe('UPDATE_COMPLETE')
  const [queue] = before.Scheduling.SlurmQueues
  Object.assign(queue?.ComputeResources[0] ?? {}, { MaxCount: 12 })
  expect(running(world)).toEqual(before)
})
