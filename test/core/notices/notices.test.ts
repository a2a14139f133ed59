// Which notices and measures a cluster's life gives occasion to.
import { describe, expect, it } from 'vitest'
import { type ClusterEvent, Status } from '../../../core/cluster.ts'
import { gauges, measuresOf } from '../../../core/notices/measures.ts'
import { NoticeDetail, noticeOf, noticeTypes } from '../../../core/notices/notice.ts'
import { verbs } from '../../../core/verbs/index.ts'
import * as z from '../../../core/zod.ts'
import { aName, aWish, create, wishFor } from '../../wishes.ts'
import { makeWorld } from '../../world.ts'
import { aSite } from '../samples.ts'

const told = (events: ClusterEvent[]) => events.flatMap((event) => noticeOf(event) ?? [])
const measures = (events: ClusterEvent[]) =>
  told(events)
    .flatMap(measuresOf)
    .map(({ name, value, reason }) => [name, value, ...(reason ? [reason] : [])])

describe('a cluster that is created and deleted', () => {
  it('is told of when it is ready, when it goes, and when it is gone', async () => {
    const world = makeWorld()
    const { deploymentId } = await create(world)
    await world.advance(1800)
    await verbs.deleteCluster(world.context, { name: aName })
    await world.advance(1800)
    const notices = told(world.events)
    expect(notices.map(({ type }) => type)).toEqual(['Cluster Ready', 'Cluster Deleting', 'Cluster Deleted'])
    for (const { detail } of notices) {
      expect(z.strictObject(NoticeDetail.shape).parse(detail)).toMatchObject({
        version: '1',
        cluster: aName,
        deploymentId,
      })
      expect(detail.jobLogGroup).toBe(`/hpc-provisioner/jobs/${aName}/${deploymentId}`)
    }
    const [ready, , deleted] = notices
    const seconds = (from: number, to: number) =>
      Math.round((Date.parse(world.events[to]?.at ?? '') - Date.parse(world.events[from]?.at ?? '')) / 1000)
    const at = (status: string) => world.events.findIndex((event) => event.status === status)
    expect(ready?.detail.seconds).toBe(seconds(0, at('CREATE_COMPLETE')))
    expect(deleted?.detail.seconds).toBe(seconds(at('DELETE_IN_PROGRESS'), at('DELETE_COMPLETE')))
    expect(measures(world.events)).toEqual([
      ['Creations', 1],
      ['CreationSeconds', ready?.detail.seconds],
      ['Deletions', 1],
      ['DeletionSeconds', deleted?.detail.seconds],
    ])
  })

  it('is told of as stuck, once, when its deletion is', async () => {
    const world = makeWorld()
    await create(world)
    await world.advance(1800)
    world.knob.stuckDeletions = 2
    await verbs.deleteCluster(world.context, { name: aName })
    await world.advance(3600)
    const stuck = told(world.events).filter(({ type }) => type === 'Cluster Stuck')
    expect(stuck).toMatchObject([{ detail: { reason: 'StackStuck', status: 'DELETE_FAILED' } }])
    expect(measures(world.events)).toContainEqual(['StuckDeletions', 1, 'StackStuck'])
  })
})

describe('a cluster that fails', () => {
  it('is told of once, when its name is free again, and counted by its reason', async () => {
    const world = makeWorld()
    await verbs.createCluster(world.context, wishFor('fail-create-1'))
    await world.advance(1800)
    expect(told(world.events)).toMatchObject([
      { type: 'Cluster Failed', detail: { status: 'CREATE_FAILED', reason: 'CreateFailed' } },
    ])
    expect(measures(world.events)).toEqual([
      ['FailedCreations', 1],
      ['FailedCreations', 1, 'CreateFailed'],
    ])
  })
})

describe('an update', () => {
  it('is told of when it ends', async () => {
    const world = makeWorld()
    await create(world)
    await world.advance(1800)
    await verbs.updateCluster(world.context, { name: aName, maxNodes: 9 })
    await world.advance(1800)
    expect(told(world.events).map(({ type }) => type)).toEqual(['Cluster Ready', 'Cluster Updated'])
  })
})

it('every kind of notice has a status that leads to it, and wishes are no notices', () => {
  const event = (status: ClusterEvent['status'], type: ClusterEvent['type']): ClusterEvent => ({
    ...{ id: '1', cluster: aName, ...aWish, deploymentId: '1', at: '2026-08-01T00:00:00Z' },
    ...{ type, status, message: '' },
  })
  const statuses = [...Status.options, 'DELETE_COMPLETE' as const]
  const warning = { ...event(undefined, 'Warning'), reason: 'LifetimeEnds' }
  const all = [...statuses.map((status) => event(status, 'Status')), warning]
  expect(new Set(told(all).map(({ type }) => type))).toEqual(new Set(noticeTypes))
  expect(told(statuses.map((status) => event(status, 'Wish')))).toEqual([])
  expect(told([event(undefined, 'Progress')])).toEqual([])
})

it('the gauges say how many slots are free and how many clusters are stuck', async () => {
  const world = makeWorld()
  const at = async () =>
    Object.fromEntries((await gauges(world.context)).map(({ name, value }) => [name, value]))
  const before = await at()
  expect(before).toMatchObject({ SlotsUsed: 0, ClustersStuck: 0 })
  await create(world)
  await world.advance(1800)
  expect(await at()).toEqual({
    ...{ SlotsFree: (before.SlotsFree ?? 0) - 1, SlotsUsed: 1, ClustersStuck: 0 },
    ...{ OperationsInFlight: 0, OperationsQueued: 0, QueueSeconds: 0 },
  })
  world.knob.stuckDeletions = 1
  await verbs.deleteCluster(world.context, { name: aName })
  for (let looks = 0; looks < 60 && world.clusters.get(aName)?.status !== 'DELETE_FAILED'; looks++)
    await world.advance(30)
  expect((await at()).ClustersStuck).toBe(1)
})

it('the gauges say how much is in flight, how much waits, and how long already', async () => {
  const site = aSite()
  const world = makeWorld({ ...site, limits: { ...site.limits, operationsInFlight: 1 } })
  for (const project of ['a', 'b', 'c']) await create(world, wishFor(project))
  await world.advance(120)
  const values = (await gauges(world.context)).map(({ name, value }) => [name, value])
  expect(Object.fromEntries(values)).toMatchObject({
    OperationsInFlight: 1,
    OperationsQueued: 2,
    QueueSeconds: 120,
  })
})
