// The contract of the tables: records, slots, lists.
import { describe, expect, it } from 'vitest'
import type { Cloud } from '../../core/cloud.ts'
import type { Cluster } from '../../core/cluster.ts'
import type { Outside } from '../cloud-contract.ts'
import { aCluster } from '../core/samples.ts'
import { codeOf } from '../wishes.ts'

const labs = { lab1: 'lab-1', lab2: 'lab-2' }
const wish = { type: 'Wish' as const, message: 'It was asked for.' }

export function recordsContract(make: () => Outside): void {
  const written = async (cloud: Cloud, changes: Partial<Cluster> = {}): Promise<Cluster> => {
    const after = aCluster({ version: 0, ...changes })
    await cloud.commit({ before: undefined, after, events: [wish] })
    return { ...after, version: 1, isCounted: true }
  }

  describe('records', () => {
    it('that are written are read as they were, with the next version', async () => {
      const { cloud } = make()
      const cluster = await written(cloud)
      expect(await cloud.getCluster(cluster.name)).toEqual(cluster)
      expect(await cloud.getCluster('hpc-none')).toBeUndefined()
      const after = { ...cluster, status: 'CREATE_IN_PROGRESS' as const, dueAt: undefined }
      await cloud.commit({ before: cluster, after, events: [] })
      expect(await cloud.getCluster(cluster.name)).toMatchObject({ version: 2, status: 'CREATE_IN_PROGRESS' })
    })

    it('are written by one of two that saw the same', async () => {
      const { cloud } = make()
      const before = await written(cloud)
      const both = ['2026-08-01T00:00:01Z', '2026-08-01T00:00:02Z'].map((dueAt) =>
        cloud.commit({ before, after: { ...before, dueAt }, events: [wish] }),
      )
      expect((await Promise.allSettled(both)).map(({ status }) => status).sort()).toEqual([
        'fulfilled',
        'rejected',
      ])
      const { items } = await cloud.listEvents({ name: before.name, limit: 9 })
      expect(items).toHaveLength(2)
    })

    const stale = [
      { because: 'it exists already', before: undefined },
      { because: 'it has another version', before: aCluster({ version: 7 }) },
      { because: 'it is of another deployment', before: aCluster({ deploymentId: '01k0another' }) },
    ]
    it.each(stale)('are refused with nothing written when $because', async ({ before }) => {
      const { cloud } = make()
      const cluster = await written(cloud)
      const after = aCluster({ status: 'CREATE_FAILED', slot: 9 })
      expect(await codeOf(cloud.commit({ before, after, events: [wish] }))).toBe('Conflict')
      if (before)
        expect(await codeOf(cloud.commit({ before, after: undefined, events: [wish] }))).toBe('Conflict')
      expect(await cloud.getCluster(cluster.name)).toEqual(cluster)
      expect((await cloud.getClusterAndFreeSlots(cluster.name, [3, 9])).freeSlots).toEqual([9])
      expect((await cloud.listEvents({ name: cluster.name, limit: 9 })).items).toHaveLength(1)
    })

    it('that are removed are gone, and their events stay, oldest first', async () => {
      const { cloud } = make()
      const cluster = await written(cloud)
      const told = { type: 'Status' as const, status: 'DELETE_COMPLETE' as const, message: 'Gone.' }
      await cloud.commit({ before: cluster, after: undefined, events: [told] })
      expect(await cloud.getCluster(cluster.name)).toBeUndefined()
      const { items } = await cloud.listEvents({ name: cluster.name, limit: 9 })
      expect(items.map(({ type }) => type)).toEqual(['Wish', 'Status'])
      expect(items[1]).toMatchObject({
        ...told,
        deploymentId: cluster.deploymentId,
        project: cluster.project,
      })
    })
  })

  describe('slots', () => {
    it('are taken and given back with their record', async () => {
      const { cloud } = make()
      expect((await cloud.getClusterAndFreeSlots('hpc-none', [3, 4])).freeSlots).toEqual([3, 4])
      const cluster = await written(cloud)
      expect(await cloud.getClusterAndFreeSlots(cluster.name, [4, 3])).toEqual({ cluster, freeSlots: [4] })
      await cloud.commit({ before: cluster, after: undefined, events: [] })
      expect(await cloud.getClusterAndFreeSlots(cluster.name, [3, 4])).toEqual({
        cluster: undefined,
        freeSlots: [3, 4],
      })
    })

    it('are never two clusters’: the second is refused, and not written', async () => {
      const { cloud } = make()
      await written(cloud)
      const other = { name: 'hpc-other', deploymentId: '01k0other' }
      expect(await codeOf(written(cloud, other))).toBe('Conflict')
      expect(await cloud.getCluster('hpc-other')).toBeUndefined()
    })

    it('of a failed deployment are free while its record stays, and the next one takes its own', async () => {
      const { cloud } = make()
      const cluster = await written(cloud)
      const { slot: _, ...failed } = { ...cluster, status: 'CREATE_FAILED' as const }
      await cloud.commit({ before: cluster, after: failed, events: [] })
      const next = aCluster({ deploymentId: '01k0next', slot: 3, version: 2 })
      await cloud.commit({ before: { ...failed, version: 2 }, after: next, events: [] })
      expect(await cloud.getCluster(cluster.name)).toMatchObject({
        deploymentId: '01k0next',
        version: 3,
        slot: 3,
      })
    })
  })

  describe('lists', () => {
    const some = async (cloud: Cloud) => {
      for (let i = 0; i < 5; i++)
        await written(cloud, {
          name: `hpc-${i}`,
          deploymentId: `01k0d${i}`,
          slot: i,
          virtualLab: i % 2 ? labs.lab1 : labs.lab2,
          status: i < 2 ? 'CREATE_COMPLETE' : 'CREATE_IN_PROGRESS',
          wanted: i === 0 ? 'absent' : 'present',
          ...(i === 4 ? { dueAt: undefined } : { dueAt: `2026-08-01T00:0${5 - i}:00Z` }),
        })
    }
    const all = async (cloud: Cloud, query: { virtualLab?: string; status?: string }, limit = 2) => {
      const names: string[] = []
      let cursor: string | undefined
      do {
        const page = await cloud.listClusters({ ...query, limit, cursor })
        expect(page.items.length).toBeLessThanOrEqual(limit)
        names.push(...page.items.map(({ name }) => name))
        cursor = page.cursor
      } while (cursor)
      return names.sort()
    }

    it.each([
      [{}, ['hpc-0', 'hpc-1', 'hpc-2', 'hpc-3', 'hpc-4']],
      [{ virtualLab: labs.lab1 }, ['hpc-1', 'hpc-3']],
      [{ status: 'CREATE_COMPLETE' }, ['hpc-1']],
      [{ status: 'DELETE_IN_PROGRESS' }, ['hpc-0']],
      [{ virtualLab: labs.lab2, status: 'CREATE_IN_PROGRESS' }, ['hpc-2', 'hpc-4']],
      [{ virtualLab: 'none' }, []],
    ])('by %j have each of them once, page by page', async (query, names) => {
      const { cloud } = make()
      await some(cloud)
      expect(await all(cloud, query)).toEqual(names)
      expect(await all(cloud, query, 1)).toEqual(names)
    })

    it('of what is due have the soonest first, and not what never is', async () => {
      const { cloud } = make()
      await some(cloud)
      const due = await cloud.listDue(new Date('2026-08-01T00:04:30Z'), 9)
      expect(due).toEqual(
        [3, 2]
          .map((i) => ({ name: `hpc-${i}`, deploymentId: `01k0d${i}` }))
          .concat({ name: 'hpc-1', deploymentId: '01k0d1' }),
      )
      expect(await cloud.listDue(new Date('2026-08-01T00:04:30Z'), 1)).toHaveLength(1)
    })

    it('of events have pages', async () => {
      const { cloud } = make()
      let cluster = await written(cloud)
      for (const n of [1, 2, 3, 4]) {
        await cloud.commit({
          before: cluster,
          after: cluster,
          events: [{ type: 'Progress', message: `${n}` }],
        })
        cluster = { ...cluster, version: cluster.version + 1 }
      }
      const first = await cloud.listEvents({ name: cluster.name, limit: 3 })
      const rest = await cloud.listEvents({ name: cluster.name, limit: 3, cursor: first.cursor })
      expect([...first.items, ...rest.items].map(({ message }) => message).slice(1)).toEqual([
        '1',
        '2',
        '3',
        '4',
      ])
    })

    it.each(['{"', '[]', '{"name":5}', '{"name":"","id":"","cluster":""}'])(
      'refuse %s as a cursor, which they did not give',
      async (text) => {
        const { cloud } = make()
        const cursor = Buffer.from(text).toString('base64url')
        for (const query of [{}, { virtualLab: 'a' }, { status: 'CREATE_COMPLETE' }])
          expect(await codeOf(cloud.listClusters({ ...query, limit: 5, cursor }))).toBe('InvalidRequest')
        expect(await codeOf(cloud.listEvents({ name: 'hpc-a', limit: 5, cursor }))).toBe('InvalidRequest')
      },
    )
  })
}
