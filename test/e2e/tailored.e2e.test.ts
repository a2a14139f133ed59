// A wish for resources, end to end: the nodes and limits that were asked for, on a real Slurm cluster.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Holdings, holdings } from './account.ts'
import { client, gone, hasHosts, jobEnd, keyFile, outputs, ready, secretOf, ssh } from './caller.ts'

const resources = { nodes: 3, vcpusPerNode: 2, memoryGiBPerNode: 1.5, maxRuntimeMinutes: 90 }
const wish = { virtualLab: 'e2e-lab', project: 'tailor-made', lustre: false, resources }
const withHosts = test.skipIf(!hasHosts)

let before: Holdings
let cluster: Awaited<ReturnType<typeof ready>>
let key: string

beforeAll(async () => {
  before = await holdings(outputs)
})

describe('a tailor-made cluster', () => {
  test('that nothing fits is refused, names the closest shape, and leaves nothing', async () => {
    const refused = client.call('createCluster', { ...wish, resources: { nodes: 3, vcpusPerNode: 1000 } })
    await expect(refused).rejects.toMatchObject({
      code: 'NothingFits',
      message: expect.stringContaining('192 vCPUs'),
      details: [{ path: 'resources.vcpusPerNode', message: expect.any(String) }],
    })
    expect(await holdings(outputs)).toEqual(before)
  })

  test('says at once which shape it gets and why; the same wish is the same cluster, another is refused', async () => {
    const asked = await client.call('createCluster', wish)
    expect(asked).toMatchObject({
      tier: 'tailored',
      resources,
      shape: {
        instanceType: 't3.small',
        nodes: 3,
        maxRuntimeMinutes: 90,
        why: expect.stringContaining('smallest'),
      },
    })
    expect((await client.call('createCluster', wish)).deploymentId).toBe(asked.deploymentId)
    const other = client.call('createCluster', { ...wish, resources: { ...resources, nodes: 4 } })
    await expect(other).rejects.toMatchObject({
      code: 'ClusterDiffers',
      details: [{ path: 'resources.nodes', message: expect.stringContaining('asked: 4') }],
    })
    const { events } = await client.call('listEvents', { name: asked.name })
    expect(events[0]?.message).toContain(asked.shape?.why)
    key = keyFile(await secretOf(asked.ssh?.userKeySecretArn ?? ''))
    cluster = await ready(asked.name)
  })

  withHosts('has those nodes and limits, and no others', async () => {
    const nodes = await ssh(cluster, key, 'sinfo --noheader --Node --format "%N %P" | sort')
    expect(nodes.out.trim().split('\n')).toEqual(
      [1, 2, 3].map((number) => `tailored-dy-t3-small-${number} tailored*`),
    )
    const { out } = await ssh(cluster, key, 'sinfo --noheader --format "%P %l %s"')
    expect(new Set(out.trim().split('\n'))).toEqual(new Set(['tailored* 1:30:00 1-3']))
  })

  withHosts('runs a job on all of them', async () => {
    const script =
      'printf "#!/bin/bash\\nsrun hostname | sort -u | wc -l\\n" | sbatch --parsable -N3 -o out-%j'
    const { out, err } = await ssh(cluster, key, script)
    expect(out.trim(), err).toMatch(/^\d+$/)
    expect(await jobEnd(cluster, key, out.trim())).toBe('COMPLETED')
    expect((await ssh(cluster, key, `cat out-${out.trim()}`)).out.trim()).toBe('3')
  })

  withHosts('starts no job that is larger or longer than was asked for', async () => {
    for (const [option, reason] of [
      ['-N4', 'PartitionNodeLimit'],
      ['--time=91', 'PartitionTimeLimit'],
    ]) {
      const { out } = await ssh(cluster, key, `sbatch --parsable ${option} --wrap true`)
      await expect
        .poll(async () => (await ssh(cluster, key, `scontrol show job ${out.trim()}`)).out, {
          timeout: 20_000,
        })
        .toContain(`JobState=PENDING Reason=${reason}`)
    }
  })

  test('leaves nothing when it is deleted', async () => {
    await client.call('deleteCluster', { name: cluster.name })
    await gone(cluster.name)
    expect(await holdings(outputs)).toEqual(before)
  })
})

afterAll(async () => {
  expect(await holdings(outputs)).toEqual(before)
})
