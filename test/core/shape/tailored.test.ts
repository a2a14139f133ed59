// Tailor-made clusters by the verbs: the same wish, another wish, none that fits; the zone, the stack and the record.
import { describe, expect, it } from 'vitest'
import type { Context } from '../../../core/context.ts'
import { stackTemplate } from '../../../core/render/stack-template.ts'
import { instanceTypes } from '../../../core/render/templates.ts'
import type { Shape } from '../../../core/shape/resources.ts'
import { withShape } from '../../../core/shape/with-shape.ts'
import { createCluster } from '../../../core/verbs/create-cluster.ts'
import { aName, aWish, codeOf, create, eventsOf, get, refusal, remove } from '../../wishes.ts'
import { makeWorld, templates, type World } from '../../world.ts'
import { aCluster, aSite } from '../samples.ts'

const { virtualLab, project } = aWish
const resources = { nodes: 4, vcpusPerNode: 16, tightlyCoupled: true }
/** Neither tier nor Lustre is said: what a plain request gives. */
const ask = ({ context }: { context: Context }, more: object = { resources }) =>
  createCluster(context, { virtualLab, project, benchmark: false, ...more })
const made = ({ clusters, slots, secrets, keyPairs, queue, events }: World) =>
  [clusters.size, slots.size, secrets.size, keyPairs.size, queue.length, events.length] as const

describe('a wish for resources', () => {
  it('is answered with the shape and why, which the history tells too', async () => {
    const world = makeWorld()
    const { tier, lustre, shape } = await ask(world)
    expect({ tier, lustre }).toEqual({ tier: 'tailored', lustre: true })
    expect(shape).toMatchObject({ instanceType: 'hpc7a.12xlarge', nodes: 4, queue: 'tailored', efa: true })
    const [wish] = await eventsOf(world)
    expect(wish?.message).toBe(`A tailored cluster with Lustre was asked for. ${shape?.why}`)
    await world.advance(600)
    expect(await get(world)).toMatchObject({ status: 'CREATE_COMPLETE', resources, shape })
  })

  it('again is the same cluster, in one call, whatever is allowed by then', async () => {
    const world = makeWorld()
    const { deploymentId, shape } = await ask(world)
    world.calls.length = 0
    const later = { ...world.context, site: { ...world.site, instanceTypes: ['m5.large'] } }
    expect(await ask({ context: later })).toMatchObject({ deploymentId, shape })
    expect(world.calls).toHaveLength(1)
  })

  it.each([
    ['resources.nodes', { resources: { ...resources, nodes: 5 } }],
    ['resources.memoryGiBPerNode', { resources: { ...resources, memoryGiBPerNode: 1 } }],
    ['resources.tightlyCoupled', { resources: { nodes: 4, vcpusPerNode: 16 } }],
    ['tier', { tier: 'prod-mpi', resources }],
    ['lustre', { lustre: false, resources }],
  ])('that differs in %s is refused, and names it', async (path, more) => {
    const world = makeWorld()
    await ask(world)
    const { code, details } = await refusal(ask(world, more))
    expect({ code, paths: details?.map((one) => one.path) }).toEqual({
      code: 'ClusterDiffers',
      paths: [path],
    })
  })

  it('is another than its tier alone, both ways', async () => {
    for (const [first, second] of [
      [{ tier: 'prod-mpi' }, { tier: 'prod-mpi', resources: { nodes: 4 } }],
      [{ tier: 'prod-mpi', resources: { nodes: 4 } }, { tier: 'prod-mpi' }],
    ] as const) {
      const world = makeWorld()
      await ask(world, first)
      const { code, details } = await refusal(ask(world, second))
      expect({ code, paths: details?.map((one) => one.path) }).toEqual({
        code: 'ClusterDiffers',
        paths: ['resources.nodes'],
      })
    }
  })

  it('that nothing fits makes nothing', async () => {
    const world = makeWorld()
    expect(await codeOf(ask(world, { resources: { nodes: 1, vcpusPerNode: 1024 } }))).toBe('NothingFits')
    expect(await codeOf(ask(world, { resources: { nodes: 236 } }))).toBe('NothingFits')
    expect(made(world)).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('may name a tier that is too large for the subnet by itself', async () => {
    const world = makeWorld(aSite({ network: { slotPrefix: 27 } }))
    expect(await codeOf(ask(world, { tier: 'prod-mpi' }))).toBe('UnknownTier')
    expect((await ask(world, { tier: 'prod-mpi', resources: { nodes: 11 } })).shape).toMatchObject({
      nodes: 11,
    })
  })

  it('chooses anew for a cluster that is made anew', async () => {
    const world = makeWorld()
    await ask(world)
    await remove(world)
    await world.advance(900)
    const site = { ...world.site, instanceTypes: ['c7i.*'] }
    expect((await ask({ context: { ...world.context, site } })).shape?.instanceType).toBe('c7i.48xlarge')
  })

  it('is built where its instance type is offered, and only asks for that', async () => {
    const world = makeWorld()
    const asked: string[][] = []
    world.offers = (zone, types) => {
      asked.push(types)
      return zone === 'eu-west-1b'
    }
    await ask(world)
    await world.advance(60)
    expect((await get(world, aName)).subnet?.zone).toBe('eu-west-1b')
    expect(asked[0]).toEqual(['hpc7a.12xlarge', 't3.medium'])
  })

  it('is null in a cluster that is its tier', async () => {
    const world = makeWorld()
    expect(await create(world)).toMatchObject({ tier: 'debug', resources: null, shape: null })
  })
})

describe('the stack of a tailor-made cluster', () => {
  const stackOf = async (more: object) => {
    const world = makeWorld()
    const { tier, lustre, shape } = await ask(world, more)
    const spec = { tier, lustre, benchmark: false, shape: shape as Shape }
    return { template: stackTemplate(templates, aCluster({ spec }), aSite()) as { Resources: object }, spec }
  }

  it('has the rules for EFA where its type has EFA, and else not', async () => {
    const wide = { resources: { nodes: 2, vcpusPerNode: 150, tightlyCoupled: true } }
    expect((await stackOf(wide)).template.Resources).toHaveProperty('SecurityGroupFromSelf')
    const loose = { resources: { nodes: 4, vcpusPerNode: 16 } }
    expect((await stackOf(loose)).template.Resources).not.toHaveProperty('SecurityGroupFromSelf')
    const tier = { tier: 'prod-mpi', resources: { nodes: 2, tightlyCoupled: false } }
    expect((await stackOf(tier)).template.Resources).not.toHaveProperty('SecurityGroupFromSelf')
  })

  it('stays as it is when the tier that framed it is no more', async () => {
    const { spec } = await stackOf({ tier: 'prod-mpi', resources: { nodes: 2 } })
    const { 'prod-mpi': _gone, ...tiers } = templates.tiers
    expect(instanceTypes(withShape({ ...templates, tiers }, spec), 'prod-mpi')).toEqual([
      'c7a.48xlarge',
      't3.medium',
    ])
  })
})
