// PATCH, end to end: a running cluster gets more nodes without its jobs noticing, is left alone by what ParallelCluster
// would refuse, and goes on in its old shape when an update fails.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClusterView } from '../../core/answers.ts'
import { type Holdings, holdings } from './account.ts'
import { client, gone, hasHosts, jobEnd, keyFile, outputs, ready, secretOf, ssh, updated } from './caller.ts'

const withHosts = test.skipIf(!hasHosts)
const wish = { virtualLab: 'e2e-lab', project: 'update-1', tier: 'debug' }

let before: Holdings
const made = async (project: string): Promise<{ cluster: ClusterView; key: string }> => {
  const { name, ssh: way } = await client.call('createCluster', { ...wish, project })
  const key = keyFile(await secretOf(way?.userKeySecretArn ?? ''))
  return { cluster: await ready(name), key }
}
const submit = async (cluster: ClusterView, key: string, options: string): Promise<string> => {
  const { out, err } = await ssh(cluster, key, `sbatch --parsable ${options}`)
  expect(out.trim(), err).toMatch(/^\d+$/)
  return out.trim()
}
const stateOf = async (cluster: ClusterView, key: string, jobId: string) =>
  /JobState=(\w+)/.exec((await ssh(cluster, key, `scontrol show job ${jobId}`)).out)?.[1]
const eventually = async (isSo: () => Promise<boolean>) => {
  for (let tries = 0; tries < 120 && !(await isSo()); tries++)
    await new Promise((done) => setTimeout(done, 500))
  expect(await isSo()).toBe(true)
}

beforeAll(async () => {
  before = await holdings(outputs)
})

describe('a cluster with a running job', () => {
  let cluster: ClusterView
  let key: string
  let job: string
  let big: string
  let updateAsked: number

  beforeAll(async () => {
    ;({ cluster, key } = await made(wish.project))
  })

  withHosts('lets a job wait that wants more nodes than it has', async () => {
    job = await submit(
      cluster,
      key,
      '-N1 --mem=16 --wrap "touch begun; while [ ! -e end ]; do sleep 0.2; done; srun hostname"',
    )
    await eventually(async () => (await stateOf(cluster, key, job)) === 'RUNNING')
    big = await submit(cluster, key, '-N10 --mem=16 -o big --wrap "srun hostname | sort -u | wc -l"')
    expect(await stateOf(cluster, key, big)).toBe('PENDING')
  })

  test('refuses what ParallelCluster would refuse, by name, and stays as it is', async () => {
    const refused = await client
      .call('updateCluster', { name: cluster.name, tier: 'prod-batch' })
      .catch((e) => e)
    expect(refused).toMatchObject({
      code: 'UpdateRefused',
      details: expect.arrayContaining([
        {
          path: 'Scheduling.SlurmQueues[debug]',
          message: expect.stringContaining('RESIZE_UPDATE_STRATEGY_ON_REMOVE'),
        },
      ]),
    })
    await expect(
      client.call('updateCluster', { name: cluster.name, maxCounts: { 't3-micro': 4 } }),
    ).rejects.toMatchObject({ code: 'UpdateRefused' })
    await expect(
      client.call('updateCluster', { name: cluster.name, maxCounts: { 'no-such': 4 } }),
    ).rejects.toMatchObject({ code: 'InvalidRequest' })
    expect(await client.call('getCluster', { name: cluster.name })).toEqual(cluster)
  })

  test('gets more nodes and another limit', async () => {
    updateAsked = Date.now()
    const more = { maxCounts: { 't3-micro': 10 }, maxNodes: 10, maxTime: '2-00:00:00' }
    const asked = await client.call('updateCluster', { name: cluster.name, ...more })
    expect(asked).toMatchObject({ status: 'UPDATE_IN_PROGRESS', changes: null, update: { changes: more } })
    expect(await updated(cluster.name)).toMatchObject({
      status: 'UPDATE_COMPLETE',
      tier: 'debug',
      changes: more,
      update: null,
      ssh: cluster.ssh,
      ...(hasHosts ? { headNode: { instanceId: cluster.headNode?.instanceId } } : {}),
    })
    const again = await client.call('updateCluster', { name: cluster.name, ...more })
    expect(again.status).toBe('UPDATE_COMPLETE')
    expect(await client.call('createCluster', wish)).toMatchObject({ name: cluster.name, changes: more })
  })

  test.skipIf(!hasHosts || process.getuid?.() !== 0)('is written down anew in its home', async () => {
    const { out } = await ssh(cluster, key, 'cat /home/.hpc-provisioner/cluster.json')
    const { writtenAt, queues } = JSON.parse(out)
    expect(queues).toEqual(['debug'])
    expect(Date.parse(writtenAt)).toBeGreaterThanOrEqual(Math.floor(updateAsked / 1000) * 1000)
  })

  withHosts('runs the job on, and beside it the one that needs all of the nodes', async () => {
    expect(await stateOf(cluster, key, job)).toBe('RUNNING')
    const { out } = await ssh(cluster, key, 'scontrol show partition debug')
    expect(out).toMatch(/MaxNodes=10/)
    expect(out).toMatch(/MaxTime=2-00:00:00/)
    expect(await jobEnd(cluster, key, big)).toBe('COMPLETED')
    expect((await ssh(cluster, key, 'cat big')).out.trim()).toBe('10')
    expect(await stateOf(cluster, key, job)).toBe('RUNNING')
    await ssh(cluster, key, 'touch end')
    expect(await jobEnd(cluster, key, job)).toBe('COMPLETED')
  })

  test('is deleted, and nothing is left', async () => {
    await client.call('deleteCluster', { name: cluster.name })
    await gone(cluster.name)
    expect(await holdings(outputs)).toEqual(before)
  })
})

describe('an update that fails', () => {
  test('is told with its reason, and the old shape runs on', async () => {
    const { cluster, key } = await made('fail-update-1')
    await client.call('updateCluster', { name: cluster.name, maxCounts: { 't3-micro': 9 } })
    expect(await updated(cluster.name)).toMatchObject({
      status: 'UPDATE_FAILED',
      reason: 'UpdateFailed',
      message: expect.stringContaining('fail-update-1'),
      changes: null,
      update: { changes: { maxCounts: { 't3-micro': 9 } } },
    })
    if (hasHosts) {
      const job = await submit(cluster, key, '-N2 --wrap "srun hostname"')
      expect(await jobEnd(cluster, key, job)).toBe('COMPLETED')
    }
    await client.call('deleteCluster', { name: cluster.name })
    await gone(cluster.name)
  })
})

afterAll(async () => {
  expect(await holdings(outputs)).toEqual(before)
})
