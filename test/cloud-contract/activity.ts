// The contract of what head nodes tell of their jobs.
import { describe, expect, it } from 'vitest'
import type { Outside } from '../cloud-contract.ts'

const of = { name: 'hpc-one', deploymentId: '01k0abcdefghjkmnpqrstvwxyz' }

export function activityContract(make: () => Outside): void {
  const withCluster = async () => {
    const outside = make()
    await outside.cloud.createStack({
      name: 'one',
      template: {
        Resources: {
          Subnet: { Properties: { CidrBlock: '10.64.3.0/24' } },
          Cluster: { Properties: { ClusterName: of.name } },
        },
      },
      tags: {},
      roleArn: 'arn',
    })
    await outside.pass(3600)
    return outside
  }

  describe('activity', () => {
    it('is not known of a cluster that never told of it', async () => {
      expect(await make().cloud.getActivity(of)).toBeUndefined()
      const { cloud, jobs } = await withCluster()
      jobs.silence(of.name, { hasToldBefore: false })
      expect(await cloud.getActivity(of)).toBeUndefined()
    })

    it('is what the head node told last, however long ago', async () => {
      const { cloud, jobs, pass } = await withCluster()
      expect(await cloud.getActivity(of)).toMatchObject({
        running: 0,
        pending: 0,
        idleSince: expect.any(String),
      })
      jobs.start(of.name)
      const busy = await cloud.getActivity(of)
      expect(busy).toMatchObject({ running: 1, idleSince: null, time: expect.any(String) })
      jobs.silence(of.name)
      await pass(3600)
      expect(await cloud.getActivity(of)).toEqual(busy)
      jobs.speak(of.name)
      jobs.end(of.name)
      const idle = await cloud.getActivity(of)
      expect(idle).toMatchObject({ running: 0, idleSince: idle?.time })
    })
  })
}
