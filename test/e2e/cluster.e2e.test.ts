// The main job, end to end: a signed request becomes a real Slurm cluster, and nothing of it stays behind.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { ClusterView } from '../../core/answers.ts'
import { rangeContains } from '../../core/slots.ts'
import { type Holdings, holdings } from './account.ts'
import { client, gone, hasHosts, jobEnd, keyFile, outputs, ready, secretOf, ssh } from './caller.ts'

const wish = { virtualLab: 'e2e-lab', project: 'main-job', tier: 'debug' }
const withHosts = test.skipIf(!hasHosts)

let before: Holdings
let cluster: ClusterView
let key: string

beforeAll(async () => {
  before = await holdings(outputs)
})

describe('one cluster', () => {
  test('POST answers with the keys in place, and the same wish again with the same', async () => {
    const asked = await client.call('createCluster', wish)
    expect(asked.status).toBe('CREATE_REQUEST_RECEIVED')
    const privateKey = await secretOf(asked.ssh?.userKeySecretArn ?? '')
    expect(privateKey).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/)
    key = keyFile(privateKey)
    const again = await client.call('createCluster', wish)
    expect(again.deploymentId).toBe(asked.deploymentId)
    expect(again.ssh).toEqual(asked.ssh)
  })

  test('it becomes CREATE_COMPLETE in its own subnet', async () => {
    const { name } = await client.call('createCluster', wish)
    cluster = await ready(name)
    expect(cluster.subnet).toMatchObject({ cidr: expect.stringMatching(/\.0\/24$/), zone: /us-east-1/ })
    expect(rangeContains(inject('clusterRange'), cluster.subnet?.cidr ?? '')).toBe(true)
    const held = await holdings(outputs)
    expect(held.stacks.sort()).toEqual([name, `${name}-${cluster.deploymentId}`])
    expect(held).toMatchObject({ slots: 1, records: 1, accessPoints: 1, subnets: [cluster.subnet?.cidr] })
    // Two private keys, and the password of accounting where there is a database.
    expect(held.secrets).toHaveLength(hasHosts ? 3 : 2)
    expect(held.daemons > 0).toBe(hasHosts)
    expect(held.keyPairs).toEqual([`${name}-${cluster.deploymentId}`])
  })

  withHosts('its head node answers at an address of its subnet, to the key of this deployment', async () => {
    const [network] = (cluster.subnet?.cidr ?? '').split('.0/')
    if (process.getuid?.() === 0) expect(cluster.ssh?.address?.startsWith(`${network}.`)).toBe(true)
    const who = await ssh(cluster, key, 'id -un; hostname')
    expect(who).toMatchObject({ status: 0 })
    if (process.getuid?.() === 0) expect(who.out.split('\n')[0]).toBe('sim')
  })

  withHosts('the admin logs in with the admin key, and with the admin key only', async () => {
    const adminKey = keyFile(await secretOf(cluster.ssh?.adminKeySecretArn ?? ''))
    const admin = process.getuid?.() === 0 ? 'ec2-user' : cluster.ssh?.user
    expect(await ssh(cluster, adminKey, 'id -un', admin)).toMatchObject({ status: 0 })
    if (process.getuid?.() !== 0) return
    expect((await ssh(cluster, key, 'id -un', 'ec2-user')).status).toBe(255)
    expect((await ssh(cluster, adminKey, 'id -un')).status).toBe(255)
  })

  withHosts('a job on two nodes runs to COMPLETED and leaves its output in the home', async () => {
    const script =
      'printf "#!/bin/bash\\nsrun hostname | sort -u | wc -l\\n" | sbatch --parsable -N2 -o out-%j'
    const { out, err } = await ssh(cluster, key, script)
    const jobId = out.trim()
    expect(jobId, err).toMatch(/^\d+$/)
    expect(await jobEnd(cluster, key, jobId)).toBe('COMPLETED')
    expect((await ssh(cluster, key, `cat out-${jobId}`)).out.trim()).toBe('2')
  })

  withHosts('there is no way out of it', async () => {
    if (process.getuid?.() !== 0) return
    const { out } = await ssh(cluster, key, 'ip route show default; ip route show')
    expect(out).not.toMatch(/default/)
    expect(out).not.toMatch(/ via /)
  })

  test('deleted mid-job, nothing is left of it but its history', async () => {
    if (hasHosts) await ssh(cluster, key, 'sbatch --wrap "sleep 600"')
    const deleting = await client.call('deleteCluster', { name: cluster.name })
    expect(deleting).toMatchObject({ status: 'DELETE_IN_PROGRESS', wanted: 'absent' })
    await expect(client.call('createCluster', wish)).rejects.toMatchObject({ code: 'ClusterDeleting' })
    await gone(cluster.name)
    expect(await holdings(outputs)).toEqual(before)
    const { events } = await client.call('listEvents', { name: cluster.name })
    expect(events.map(({ type, status }) => [type, status])).toEqual([
      ['Wish', 'CREATE_REQUEST_RECEIVED'],
      ['Status', 'CREATE_IN_PROGRESS'],
      ['Status', 'CREATE_COMPLETE'],
      ['Wish', undefined],
      ['Status', 'DELETE_IN_PROGRESS'],
      ['Status', 'DELETE_COMPLETE'],
    ])
    await expect(client.call('deleteCluster', { name: cluster.name })).rejects.toMatchObject({
      code: 'ClusterNotFound',
    })
  })

  withHosts('a second deployment has the homes of the first and refuses its key', async () => {
    const { name } = await client.call('createCluster', wish)
    const second = await ready(name)
    expect(second.deploymentId).not.toBe(cluster.deploymentId)
    expect((await ssh(second, key, 'true')).status).toBe(255)
    const newKey = keyFile(await secretOf(second.ssh?.userKeySecretArn ?? ''))
    const { out } = await ssh(second, newKey, 'ls')
    if (process.getuid?.() === 0) expect(out).toMatch(/out-\d+/)
    await client.call('deleteCluster', { name })
    await gone(name)
  })
})

afterAll(async () => {
  expect(await holdings(outputs)).toEqual(before)
})
