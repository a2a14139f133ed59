// The contract of a Lustre cluster's data: its file system, its fleet, and the tasks that move files.
import { describe, expect, it } from 'vitest'
import type { Cloud, NewDataTask } from '../../core/cloud.ts'
import type { Outside } from '../cloud-contract.ts'

const task = (changes: Partial<NewDataTask> = {}): NewDataTask => ({
  token: 'a-import-0',
  fileSystemId: 'fs-hpc-one',
  kind: 'importing',
  paths: [],
  ...changes,
})
const anExport = task({ token: 'a-export-0', kind: 'exporting', paths: ['project/private'] })

export function dataContract(make: () => Outside): void {
  const withCluster = async () => {
    const outside = make()
    await outside.cloud.createStack({
      name: 'one',
      template: {
        Resources: {
          Subnet: { Properties: { CidrBlock: '10.64.3.0/24' } },
          Cluster: { Properties: { ClusterName: 'hpc-one' } },
        },
      },
      tags: {},
      roleArn: 'arn',
    })
    await outside.pass(3600)
    return outside
  }
  const started = async (cloud: Cloud, wanted: NewDataTask): Promise<string> => {
    const { taskId } = await cloud.startDataTask(wanted)
    expect(taskId).toEqual(expect.any(String))
    return taskId as string
  }

  describe('data', () => {
    it('are on the file system of ParallelCluster’s own stack, if there is one', async () => {
      const { cloud } = await withCluster()
      expect(await cloud.getLustre('hpc-one')).toBe('fs-hpc-one')
      expect(await cloud.getLustre('hpc-none')).toBeUndefined()
    })

    it('are written no more once the fleet is stopped; where there is none it is stopped already', async () => {
      const { cloud, pass } = await withCluster()
      expect(await cloud.stopFleet('hpc-one')).toBe('stopping')
      expect(await cloud.stopFleet('hpc-one')).toBe('stopping')
      await pass(3600)
      expect(await cloud.stopFleet('hpc-one')).toBe('stopped')
      expect(await cloud.stopFleet('hpc-none')).toBe('stopped')
    })

    it('are moved by a task that runs and then is done, once however often it is asked for', async () => {
      const { cloud, pass } = await withCluster()
      const id = await started(cloud, task())
      expect(await started(cloud, task())).toBe(id)
      expect(await cloud.getDataTask(id)).toMatchObject({ state: 'running' })
      await pass(3600)
      expect(await cloud.getDataTask(id)).toEqual({ state: 'done', total: 7, succeeded: 7, failed: 0 })
      expect(await started(cloud, task())).toBe(id)
      expect(await cloud.getDataTask('task-of-nobody')).toBeUndefined()
    })

    it('are moved by one task at a time: another waits for its end, or cancels it', async () => {
      const { cloud, pass } = await withCluster()
      const id = await started(cloud, task())
      expect(await cloud.startDataTask(anExport)).toEqual({ busy: id })
      for (let times = 0; times < 2; times++) await cloud.cancelDataTask(id)
      await pass(3600)
      expect(await cloud.getDataTask(id)).toMatchObject({ state: 'failed' })
      await started(cloud, anExport)
    })
  })
}
