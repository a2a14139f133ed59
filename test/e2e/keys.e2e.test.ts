// New keys for a cluster on which a job runs, and who asked for them: on the emulator, with a real sshd.
import { afterAll, describe, expect, test } from 'vitest'
import type { ClusterView } from '../../core/answers.ts'
import { client, gone, hasHosts, keyFile, outputs, ready, secretOf, ssh, until } from './caller.ts'

const wish = { virtualLab: 'e2e-lab', project: 'new-keys', tier: 'debug' }
const isRoot = process.getuid?.() === 0
// Node scripts run where there are accounts to make.
const withNodes = test.skipIf(!hasHosts || !isRoot)

let cluster: ClusterView
const fetched = async (arn = '') => keyFile(await secretOf(arn))
const asAdmin = (one: ClusterView, key: string) => ssh(one, key, 'id -un', 'ec2-user')

describe('a rotation of keys', () => {
  withNodes('lets the new keys in and the old ones out, while a job goes on', async () => {
    const { name } = await client.call('createCluster', wish)
    cluster = await ready(name)
    const old = {
      user: await fetched(cluster.ssh?.userKeySecretArn),
      admin: await fetched(cluster.ssh?.adminKeySecretArn),
    }
    const { out } = await ssh(cluster, old.user, 'sbatch --parsable --wrap "sleep 300"')
    const job = out.trim()
    const running = async (key: string) => (await ssh(cluster, key, `squeue -h -j ${job} -o %T`)).out.trim()
    for (let tries = 0; tries < 60 && (await running(old.user)) !== 'RUNNING'; tries++);

    expect(await client.call('rotateKeys', { name })).toMatchObject({ keys: { state: 'installing' } })
    const seen = await until(name, (one) => ['retiring', 'failed'].includes(one?.keys?.state ?? ''))
    expect(seen?.keys).toMatchObject({ state: 'retiring', reason: null })
    const next = {
      user: await fetched(seen?.ssh?.userKeySecretArn),
      admin: await fetched(seen?.ssh?.adminKeySecretArn),
    }
    expect(await running(next.user)).toBe('RUNNING')
    // The head node looks every 20 seconds, see node-keys.sh.
    for (let tries = 0; tries < 60 && (await ssh(cluster, old.user, 'true')).status === 0; tries++)
      await new Promise((done) => setTimeout(done, 1000))
    expect((await ssh(cluster, old.user, 'true')).status).toBe(255)
    expect((await asAdmin(cluster, old.admin)).status).toBe(255)
    expect(await asAdmin(cluster, next.admin)).toMatchObject({ status: 0, out: 'ec2-user\n' })
    expect((await asAdmin(cluster, next.user)).status).toBe(255)
    expect(await running(next.user)).toBe('RUNNING')
  })

  test.skipIf(hasHosts)('is over at once where there is no host', async () => {
    const { name } = await client.call('createCluster', wish)
    cluster = await ready(name)
    await client.call('rotateKeys', { name })
    const seen = await until(name, (one) => one?.keys?.state === 'current')
    expect(seen?.ssh?.userKeySecretArn).not.toBe(cluster.ssh?.userKeySecretArn)
  })
})

describe('the audit trail', () => {
  test('has the signer of a create, a refused create and a delete', async () => {
    const { name } = await client.call('createCluster', wish)
    await ready(name)
    await client.call('createCluster', { ...wish, tier: 'prod-mpi' }).catch(() => {})
    await client.call('deleteCluster', { name })
    const { entries } = await client.call('listAudit', { cluster: name })
    const told = entries.map(({ verb, status, code }) => [verb, status, code])
    expect(told[0]).toEqual(['deleteCluster', 202, null])
    expect(told[1]).toEqual(['createCluster', 409, 'ClusterDiffers'])
    expect(told.at(-1)).toEqual(['createCluster', 202, null])
    const [signer] = new Set(entries.map(({ caller }) => caller))
    expect(signer).toMatch(/^arn:aws:iam::000000000000:user\/.*workflow-service/)
    const byCaller = await client.call('listAudit', { caller: signer ?? '', limit: 100 })
    expect(byCaller.entries.filter(({ cluster: its }) => its === name)).toEqual(entries)
    expect((await client.call('listAudit', { limit: 100 })).entries.map(({ id }) => id)).toEqual(
      expect.arrayContaining(entries.map(({ id }) => id)),
    )
    expect(JSON.stringify(entries)).not.toContain(outputs.secretAccessKey)
    await gone(name)
  })
})

afterAll(async () => {
  const name = cluster?.name
  if (name) await client.call('deleteCluster', { name }).catch(() => {})
})
