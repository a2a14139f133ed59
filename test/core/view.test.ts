// A record as its owner sees it.
import { describe, expect, it } from 'vitest'
import { ClusterView } from '../../core/answers.ts'
import { statusOf, view } from '../../core/view.ts'
import * as z from '../../core/zod.ts'
import { aCluster, aSite } from './samples.ts'

const site = aSite()
const headNode = { privateIpAddress: '10.64.3.10', sshPort: 22 }

describe('the view of a cluster', () => {
  it("says where Slurm's REST API answers, where there is one", () => {
    const ready = { status: 'CREATE_COMPLETE', headNode } as const
    expect(view(aCluster(ready), site).slurmRest).toBeNull()
    const withRest = aCluster({ ...ready, headNode: { ...headNode, slurmRestPort: 6830 } })
    expect(view(withRest, site).slurmRest).toEqual({ url: 'http://10.64.3.10:6830' })
  })

  const shapes = [
    { because: 'it was just asked for', cluster: aCluster() },
    {
      because: 'it is ready',
      cluster: aCluster({ status: 'CREATE_COMPLETE', headNode, subnetId: 'subnet-1' }),
    },
    {
      because: 'it failed and holds nothing',
      cluster: aCluster({
        status: 'CREATE_FAILED',
        slot: undefined,
        keys: undefined,
        failure: { reason: 'CreateFailed', message: 'Subnet: no' },
      }),
    },
    { because: 'its site builds no host', cluster: aCluster({ status: 'CREATE_COMPLETE' }) },
  ]
  it.each(shapes)('is as the contract says when $because', ({ cluster }) => {
    expect(z.strictObject(ClusterView.shape).parse(view(cluster, site))).toBeDefined()
  })

  it('says where to log in, and by which port', () => {
    const seen = view(aCluster({ headNode: { ...headNode, sshPort: 2022 } }), site)
    expect(seen.ssh).toMatchObject({ user: 'sim', address: '10.64.3.10', port: 2022 })
    expect(view(aCluster(), site).ssh).toMatchObject({ address: null, port: 22 })
  })

  it('says why it failed, and that it has no subnet and no keys any more', () => {
    const failed = shapes[2]?.cluster ?? aCluster()
    expect(view(failed, site)).toMatchObject({ reason: 'CreateFailed', subnet: null, ssh: null })
  })

  it('has no field in which a key could be', () => {
    expect(JSON.stringify(view(aCluster(), site))).not.toContain('ssh-ed25519')
  })

  it.each([
    ['present', 'CREATE_COMPLETE', 'CREATE_COMPLETE'],
    ['absent', 'CREATE_COMPLETE', 'DELETE_IN_PROGRESS'],
    ['absent', 'CREATE_FAILED', 'DELETE_IN_PROGRESS'],
    ['absent', 'DELETE_IN_PROGRESS', 'DELETE_IN_PROGRESS'],
    ['absent', 'DELETE_FAILED', 'DELETE_FAILED'],
  ] as const)('wanted %s and %s is told as %s', (wanted, status, told) => {
    expect(statusOf(aCluster({ wanted, status }))).toBe(told)
  })
})
