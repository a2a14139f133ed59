// Clusters that end by themselves, on real Slurm: after their lifetime, and when their jobs are done.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClusterView } from '../../core/answers.ts'
import { client, gone, hasHosts, jobEnd, keyFile, ready, secretOf, ssh } from './caller.ts'

const eventsOf = async (name: string) => (await client.call('listEvents', { name, limit: 100 })).events

// Node scripts, of which the job log is one, run as root only.
describe.skipIf(!hasHosts || process.getuid?.() !== 0)('a cluster with a time to live', () => {
  let idle: ClusterView
  let short: ClusterView
  beforeAll(async () => {
    const asked = { virtualLab: 'e2e-lab', lustre: false }
    const names = await Promise.all([
      client.call('createCluster', { ...asked, project: 'idle' }),
      client.call('createCluster', { ...asked, project: 'short', lifetime: '10s' }),
    ])
    ;[idle, short] = names as [ClusterView, ClusterView]
  })

  afterAll(async () => {
    for (const { name } of [idle, short]) await client.call('deleteCluster', { name }).catch(() => {})
    await Promise.all([gone(idle.name), gone(short.name)])
  })

  test('stays while a job runs, however short its idleTimeout, and goes when it is done', async () => {
    const cluster = await ready(idle.name)
    const key = keyFile(await secretOf(cluster.ssh?.userKeySecretArn ?? ''))
    const { out } = await ssh(cluster, key, `sbatch --parsable --wrap 'sleep 25'`)
    const patched = await client.call('updateCluster', { name: idle.name, idleTimeout: '10s' })
    expect(patched).toMatchObject({ idleTimeout: '10s', status: 'CREATE_COMPLETE' })
    expect(await jobEnd(cluster, key, out.trim())).toBe('COMPLETED')
    expect(await client.call('getCluster', { name: idle.name })).toMatchObject({
      wanted: 'present',
      expiring: null,
    })
    const ended = new Date().toISOString()
    await gone(idle.name)
    const events = await eventsOf(idle.name)
    const warning = events.find(({ type }) => type === 'Warning')
    const end = events.find(({ reason, type }) => reason === 'Idle' && type === 'Wish')
    expect(warning).toMatchObject({ reason: 'Idle' })
    expect(String(warning?.at) > ended).toBe(true)
    expect(String(end?.at) >= String(warning?.endsAt)).toBe(true)
    expect(events.at(-1)).toMatchObject({ status: 'DELETE_COMPLETE' })
  })

  test('goes when its lifetime is over, after a warning', async () => {
    await gone(short.name)
    const events = await eventsOf(short.name)
    const told = events.map(({ type, reason, status }) => reason ?? status ?? type)
    const [warned, ended] = [told.indexOf('LifetimeEnds'), told.indexOf('LifetimeEnded')]
    expect(told.indexOf('CREATE_COMPLETE')).toBeLessThan(warned)
    expect(warned).toBeLessThan(ended)
    expect(String(events[ended]?.at) >= String(events[warned]?.endsAt)).toBe(true)
    expect(told.at(-1)).toBe('DELETE_COMPLETE')
  })
})
