// PATCH over the in-memory cloud: what is allowed, what becomes of it, and what the record says.
import { describe, expect, it } from 'vitest'
import { stackName } from '../../core/names.ts'
import { UpdateCluster } from '../../core/shape/changes.ts'
import { isEmpty, wrongAtRest } from '../invariants.ts'
import { aName, codeOf, create, eventsOf, get, refusal, remove, update, wishFor } from '../wishes.ts'
import { makeWorld, templates } from '../world.ts'

const more = { maxCounts: { 't3-micro': 12 }, maxNodes: 12, maxTime: '2-00' }
const ready = async (project = 'my-project', world = makeWorld()) => {
  const { name } = await create(world, wishFor(project))
  await world.advance(600)
  return { world, name }
}
const queueOf = (world: ReturnType<typeof makeWorld>) =>
  JSON.parse([...world.stacks.own.values()][0]?.configuration ?? '{}').Scheduling.SlurmQueues[0]

describe('an update', () => {
  it('is under way from the wish, becomes complete, and is what runs', async () => {
    const { world } = await ready()
    const before = await get(world)
    expect(await update(world, more)).toMatchObject({
      status: 'UPDATE_IN_PROGRESS',
      changes: null,
      update: { tier: 'debug', changes: more },
    })
    await world.advance(30)
    expect((await get(world)).status).toBe('UPDATE_IN_PROGRESS')
    await world.advance(300)
    expect(await get(world)).toMatchObject({
      ...{ status: 'UPDATE_COMPLETE', tier: 'debug', changes: more, update: null, reason: null },
      ...{ headNode: before.headNode, ssh: before.ssh, subnet: before.subnet },
    })
    expect(queueOf(world)).toMatchObject({
      CustomSlurmSettings: { MaxNodes: 12, MaxTime: '2-00' },
      ComputeResources: [{ Name: 't3-micro', MaxCount: 12 }],
    })
    expect(wrongAtRest(world)).toEqual([])
    expect((await eventsOf(world)).slice(3).map(({ type, status }) => [type, status])).toEqual([
      ['Wish', 'UPDATE_IN_PROGRESS'],
      ['Status', 'UPDATE_IN_PROGRESS'],
      ['Status', 'UPDATE_COMPLETE'],
    ])
  })

  it('that was asked for before, or that changes nothing, writes nothing', async () => {
    const { world } = await ready()
    await update(world, { maxNodes: 8 })
    await update(world, { tier: 'debug', maxTime: '1-00:00:00' })
    expect(world.clusters.get(aName)?.generation).toBeUndefined()
    for (const seconds of [0, 10, 300]) {
      await world.advance(seconds)
      await update(world, more)
    }
    expect(world.clusters.get(aName)?.generation).toBe(1)
    expect(world.stacks.updates).toHaveLength(1)
  })

  it('adds to those before it', async () => {
    const { world } = await ready()
    await update(world, { maxCounts: { 't3-micro': 9 } })
    await world.advance(300)
    await update(world, { maxNodes: 9 })
    await world.advance(300)
    expect((await get(world)).changes).toEqual({ maxCounts: { 't3-micro': 9 }, maxNodes: 9 })
  })

  it('to a tier that adds queues is done; the counts of the tier before do not come along', async () => {
    const world = makeWorld()
    const debug = templates.tiers.debug
    if (!debug) throw new Error('there is no tier debug')
    const big = {
      ...debug,
      name: 'big',
      queues: [...debug.queues, { ...structuredClone(debug.queues[0]), Name: 'q2' }],
    }
    world.context.templates = { ...templates, tiers: { ...templates.tiers, big: big as typeof debug } }
    await ready('my-project', world)
    await update(world, { maxNodes: 20 })
    await world.advance(300)
    await update(world, { tier: 'big' })
    await world.advance(300)
    expect(await get(world)).toMatchObject({ status: 'UPDATE_COMPLETE', tier: 'big', changes: null })
  })

  it('leaves the create wish what it was: both the first shape and the present one are this cluster', async () => {
    const { world } = await ready()
    await update(world, more)
    await world.advance(300)
    expect(await create(world)).toMatchObject({ status: 'UPDATE_COMPLETE', changes: more })
    expect(await codeOf(create(world, { tier: 'prod-batch' }))).toBe('ClusterDiffers')
    expect(world.stacks.created).toHaveLength(1)
  })

  it('whose message is lost is begun by the sweep', async () => {
    const { world } = await ready()
    world.network = () => []
    await update(world, more)
    world.network = ({ prompt }) => (prompt ? [] : [0])
    await world.advance(300)
    expect((await get(world)).status).toBe('UPDATE_COMPLETE')
  })
})

describe('an update that fails', () => {
  it('tells the reason, leaves the old shape, and is not tried again until somebody wishes anew', async () => {
    const { world, name } = await ready('fail-update-1')
    await update(world, more, name)
    await world.advance(4 * 3600)
    expect(await get(world, name)).toMatchObject({
      ...{ status: 'UPDATE_FAILED', reason: 'UpdateFailed', changes: null, update: { changes: more } },
      message: expect.stringContaining('Cluster: Failed to update'),
    })
    expect(world.stacks.updates).toHaveLength(1)
    expect(wrongAtRest(world)).toEqual([])
    await update(world, more, name)
    expect(await get(world, name)).toMatchObject({ status: 'UPDATE_IN_PROGRESS', reason: null })
    await world.advance(600)
    expect(world.stacks.updates).toHaveLength(2)
  })

  it('begins with what is there when another one follows', async () => {
    const { world } = await ready()
    world.knob.refuses = 'Template format error'
    await update(world, { maxCounts: { 't3-micro': 20 } })
    await world.advance(60)
    expect(await get(world)).toMatchObject({ status: 'UPDATE_FAILED', reason: 'UpdateRefused' })
    world.knob.refuses = undefined
    await update(world, { maxNodes: 9 })
    await world.advance(300)
    expect(await get(world)).toMatchObject({ status: 'UPDATE_COMPLETE', changes: { maxNodes: 9 } })
    expect(wrongAtRest(world)).toEqual([])
  })

  it('by taking too long is told, and done late all the same', async () => {
    const { world } = await ready()
    world.knob.updateSeconds = 3 * 3600
    await update(world, more)
    await world.advance(2 * 3600 + 120)
    expect(await get(world)).toMatchObject({
      status: 'UPDATE_FAILED',
      reason: 'UpdateTimedOut',
      changes: null,
    })
    await world.advance(3 * 3600)
    expect(await get(world)).toMatchObject({ status: 'UPDATE_COMPLETE', changes: more })
    expect(wrongAtRest(world)).toEqual([])
  })
})

describe('the deletion during an update', () => {
  for (const seconds of [0, 1, 30, 59, 60, 61])
    it(`${seconds} s after the wish leaves nothing`, async () => {
      const { world } = await ready()
      await update(world, more)
      await world.advance(seconds)
      expect((await remove(world)).status).toBe('DELETE_IN_PROGRESS')
      await world.advance(900)
      expect(isEmpty(world)).toBe(true)
      expect([...world.failedPasses, ...world.stacks.violations]).toEqual([])
    })

  it('of a stack that someone else deleted meanwhile ends as for any other', async () => {
    const { world } = await ready()
    await update(world, more)
    await world.advance(30)
    world.vanish(stackName(world.clusters.get(aName) ?? { name: '', deploymentId: '' }))
    await world.advance(600)
    expect(await get(world)).toMatchObject({ status: 'CREATE_FAILED', reason: 'StackVanished' })
    expect(wrongAtRest(world)).toEqual([])
  })
})

describe('a wish is refused', () => {
  const change = { maxNodes: 9 }
  it.each([
    ['ClusterBusy', 10, 'it is being created', 30],
    ['ClusterDeleting', 600, 'it shall go', 60],
  ])('as %s %i s after its create, because %s', async (code, seconds, _, retryAfterSeconds) => {
    const world = makeWorld()
    await create(world)
    await world.advance(seconds)
    if (code === 'ClusterDeleting') await remove(world)
    expect(await refusal(update(world, change))).toMatchObject({ code, retryAfterSeconds })
  })

  it('while another update is under way, and when the create failed, and where there is none', async () => {
    const { world } = await ready()
    await update(world, more)
    expect(await codeOf(update(world, change))).toBe('ClusterBusy')
    await world.advance(20)
    expect(await codeOf(update(world, change))).toBe('ClusterBusy')
    const failed = await create(world, wishFor('fail-create-1'))
    await world.advance(1200)
    expect(await codeOf(update(world, change, failed.name))).toBe('ClusterFailed')
    expect(await codeOf(update(world, change, 'hpc-none'))).toBe('ClusterNotFound')
  })

  it('where ParallelCluster would refuse it, naming each parameter, its policy and the way out', async () => {
    const { world } = await ready()
    const { code, details } = await refusal(update(world, { maxCounts: { 't3-micro': 4 }, maxNodes: 20 }))
    expect({ code, details }).toEqual({
      code: 'UpdateRefused',
      details: [
        {
          path: 'Scheduling.SlurmQueues[debug].ComputeResources[t3-micro].MaxCount',
          message: expect.stringMatching(/^RESIZE_UPDATE_STRATEGY_ON_REMOVE: .*stopped/),
        },
      ],
    })
    expect(await codeOf(update(world, { tier: 'prod-mpi' }))).toBe('UpdateRefused')
    expect(world.clusters.get(aName)?.generation).toBeUndefined()
  })

  it('that names what there is not, or more than the subnet holds', async () => {
    const { world } = await ready()
    const stranger = await refusal(update(world, { maxCounts: { 'c7a-48xlarge': 4 } }))
    expect(stranger).toMatchObject({
      code: 'InvalidRequest',
      details: [{ path: 'body.maxCounts.c7a-48xlarge' }],
    })
    expect(stranger.message).toContain('t3-micro')
    expect(await codeOf(update(world, { maxCounts: { 't3-micro': 5000 } }))).toBe('InvalidRequest')
    expect(await codeOf(update(world, { tier: 'no-such' }))).toBe('UnknownTier')
  })

  it.each<[body: object, because: string]>([
    [{}, 'it wishes for nothing'],
    [{ maxNodes: 0 }, 'a job has a node'],
    [{ maxNodes: '9' }, 'a count is a number'],
    [{ lustre: false }, 'storage stays'],
    [{ maxTime: '1 day' }, 'Slurm does not say it so'],
    [{ maxTime: '0:00' }, 'no job would run'],
    [{ maxTime: '60\nPartitionName=x' }, 'it is one setting'],
    [{ maxCounts: { 't3-micro': 1.5 } }, 'half a node is none'],
  ])('as it stands: %j, because %s', (body) => {
    expect(UpdateCluster.safeParse(body).success).toBe(false)
  })

  it.each(['90', '30:00', '12:00:00', '1-12', '1-12:30', '1-12:30:59', 'INFINITE', 'UNLIMITED'])(
    'but not for the time %s, which is Slurm’s',
    (maxTime) => {
      expect(UpdateCluster.safeParse({ maxTime }).success).toBe(true)
    },
  )
})
