// The contract of the counts and of the queue: what follows from a record is written with it, within its bounds.
import { describe, expect, it } from 'vitest'
import type { Change, Cloud } from '../../core/cloud.ts'
import type { Cluster } from '../../core/cluster.ts'
import type { Start } from '../../core/queue/limits.ts'
import type { Outside } from '../cloud-contract.ts'
import { aCluster } from '../core/samples.ts'
import { codeOf } from '../wishes.ts'

const since = '2026-08-01T00:00:00.000Z'
const minute = '2026-08-01T00:00'
const start = (changes: Partial<Start> = {}): Start => ({
  inFlight: 2,
  perMinute: 3,
  minute,
  isFirst: false,
  ...changes,
})
const waiting = { kind: 'create' as const, since }
const admitted = { ...waiting, admittedAt: since }

export function operationsContract(make: () => Outside): void {
  const write = async (
    cloud: Cloud,
    before: Cluster | undefined,
    after: Cluster | undefined,
    bounds?: Change['bounds'],
  ) => {
    await cloud.commit({ before, after, events: [], ...(bounds ? { bounds } : {}) })
    return (await cloud.getCluster((after ?? before)?.name ?? '')) as Cluster
  }
  const one = (nth: number, changes: Partial<Cluster> = {}) =>
    aCluster({ name: `hpc-${nth}`, deploymentId: `01k0d${nth}`, slot: nth, version: 0, ...changes })
  const ofLab = async (cloud: Cloud, lab = one(0).virtualLab) =>
    (await cloud.getClusterAndFreeSlots('hpc-none', [1], lab)).clustersOfLab

  describe("a virtual lab's clusters", () => {
    it('are counted with their slots, and no more than its bound', async () => {
      const { cloud } = make()
      const bounds = { clustersPerVirtualLab: 2 }
      expect(await ofLab(cloud)).toBe(0)
      const first = await write(cloud, undefined, one(1), bounds)
      const second = await write(cloud, undefined, one(2), bounds)
      expect(await codeOf(write(cloud, undefined, one(3), bounds))).toBe('Conflict')
      expect(await cloud.getCluster('hpc-3')).toBeUndefined()
      await write(cloud, undefined, one(4, { virtualLab: 'another' }), bounds)
      expect([await ofLab(cloud), await ofLab(cloud, 'another')]).toEqual([2, 1])

      const { slot: _, ...failed } = first
      await write(cloud, first, { ...failed, status: 'CREATE_FAILED' })
      expect(await ofLab(cloud)).toBe(1)
      await write(cloud, second, undefined)
      expect(await ofLab(cloud)).toBe(0)
    })

    it('that stay keep their count, and one that was not counted is with its next write', async () => {
      const { cloud } = make()
      const first = await write(cloud, undefined, one(1))
      const again = await write(cloud, first, { ...first, zone: 'z' })
      expect(await ofLab(cloud)).toBe(1)
      // As a record that was written before there were counts would be seen.
      const { isCounted: _, ...old } = again
      await write(cloud, old, old)
      expect(await ofLab(cloud)).toBe(2)
    })
  })

  describe('the queue', () => {
    it('has those that wait and those that are in flight, for as long as their records say so', async () => {
      const { cloud } = make()
      expect(await cloud.getQueue()).toEqual({ inFlight: 0, started: 0, entries: [] })
      const first = await write(cloud, undefined, one(1, { operation: waiting }))
      const line = { name: 'hpc-1', deploymentId: '01k0d1', virtualLab: first.virtualLab, ...waiting }
      expect(await cloud.getQueue()).toEqual({ inFlight: 0, started: 0, entries: [line] })
      const bounds = { start: start({ isFirst: true }) }
      const begun = await write(cloud, first, { ...first, operation: admitted }, bounds)
      expect(await cloud.getQueue()).toEqual({
        ...{ inFlight: 1, started: 1, minute },
        entries: [{ ...line, admittedAt: since }],
      })
      const { operation: _, ...over } = begun
      await write(cloud, begun, over)
      expect(await cloud.getQueue()).toEqual({ inFlight: 0, started: 1, minute, entries: [] })
    })

    it('admits no more than the site bears, and none by a write that does not hold', async () => {
      const { cloud } = make()
      const admit = (nth: number, changes: Partial<Start>) =>
        write(cloud, undefined, one(nth, { operation: admitted }), { start: start(changes) })
      const first = await admit(1, { isFirst: true })
      await admit(2, {})
      expect(await codeOf(admit(3, {}))).toBe('Conflict')
      expect(await cloud.getCluster('hpc-3')).toBeUndefined()
      await write(cloud, first, undefined)
      expect((await cloud.getQueue()).inFlight).toBe(1)
      await admit(4, {})
      expect((await cloud.getQueue()).started).toBe(3)
    })

    it('admits no more in a minute than may begin, and begins to count with the next one', async () => {
      const { cloud } = make()
      const admit = (nth: number, changes: Partial<Start>) =>
        write(cloud, undefined, one(nth, { operation: admitted }), {
          start: start({ inFlight: 9, perMinute: 2, ...changes }),
        })
      await admit(1, { isFirst: true })
      expect(await codeOf(admit(2, { isFirst: true }))).toBe('Conflict')
      await admit(2, {})
      expect(await codeOf(admit(3, {}))).toBe('Conflict')
      expect(await codeOf(admit(3, { minute: '2026-08-01T00:01' }))).toBe('Conflict')
      await admit(3, { minute: '2026-08-01T00:01', isFirst: true })
      expect(await cloud.getQueue()).toMatchObject({ inFlight: 3, started: 1, minute: '2026-08-01T00:01' })
    })
  })
}
