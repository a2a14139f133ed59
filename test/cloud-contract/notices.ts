// The contract of what is told and what is counted.
import { describe, expect, it } from 'vitest'
import { type Notice, noticeOf } from '../../core/notices/notice.ts'
import type { Outside } from '../cloud-contract.ts'
import { aCluster } from '../core/samples.ts'

const aNotice = (id: string): Notice =>
  noticeOf({
    id,
    cluster: 'hpc-a',
    virtualLab: 'lab',
    project: 'project',
    deploymentId: '01k0',
    at: '2026-08-01T00:00:00.000Z',
    type: 'Status',
    status: 'CREATE_COMPLETE',
    message: 'The cluster is ready.',
  }) as Notice

export function noticesContract(make: () => Outside): void {
  describe('notices', () => {
    it('go out as they are and in their order, however many', async () => {
      const { cloud, told } = make()
      const notices = Array.from({ length: 23 }, (_, i) => aNotice(String(i)))
      await cloud.publish(notices)
      await cloud.publish([])
      expect(told()).toEqual(notices)
    })
  })

  describe('counts', () => {
    it('are of slots that clusters have, and of clusters by what their owners see', async () => {
      const { cloud } = make()
      expect([await cloud.countSlots(), await cloud.countClusters('DELETE_FAILED')]).toEqual([0, 0])
      for (const [slot, status] of (['DELETE_FAILED', 'CREATE_COMPLETE', 'DELETE_FAILED'] as const).entries())
        await cloud.commit({
          before: undefined,
          after: aCluster({ version: 0, name: `hpc-${slot}`, slot, status }),
          events: [],
        })
      expect([await cloud.countSlots(), await cloud.countClusters('DELETE_FAILED')]).toEqual([3, 2])
      expect(await cloud.countClusters('UPDATE_FAILED')).toBe(0)
    })
  })
}
