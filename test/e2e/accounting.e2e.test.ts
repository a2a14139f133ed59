// Accounting as its users meet it: a job's row outlives the cluster, the report counts it, the next cluster of the
// project goes on where the last one ended, and no project reads another's.
import { setTimeout as sleep } from 'node:timers/promises'
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, describe, expect, test } from 'vitest'
import type { ClusterView } from '../../core/answers.ts'
import { clusterName, databaseName, databaseSecretName, databaseUser } from '../../core/names.ts'
import { client, gone, hasHosts, jobEnd, keyFile, outputs, ready, secretOf, ssh } from './caller.ts'

const { endpointUrl: endpoint, region } = outputs
const asRoot = { endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
const secrets = new SecretsManagerClient(asRoot)
const lambda = new LambdaClient(asRoot)
const wish = { virtualLab: 'acc-lab', project: 'history', tier: 'debug', lustre: false }
const other = { ...wish, project: 'other' }

const made: string[] = []
async function create(asked: typeof wish) {
  const { name } = await client.call('createCluster', asked)
  made.push(name)
  const cluster = await ready(name)
  return { cluster, key: keyFile(await secretOf(cluster.ssh?.userKeySecretArn ?? '')) }
}
async function remove(name: string) {
  await client.call('deleteCluster', { name })
  await gone(name)
}

async function job(cluster: ClusterView, key: string, seconds = 1): Promise<number> {
  const { out, err } = await ssh(cluster, key, `sbatch --parsable -N2 --wrap 'sleep ${seconds}'`)
  expect(out.trim(), err).toMatch(/^\d+$/)
  return Number(out)
}

/** Waits until sacct tells of the job what is wanted: slurmdbd hears of it a moment later. */
async function sacct(cluster: ClusterView, key: string, jobId: number, state: string): Promise<void> {
  let said = ''
  for (let tries = 0; tries < 60; tries++) {
    said = (
      await ssh(cluster, key, `sacct -nPX -S now-1days -j ${jobId} -o JobID,User,Partition,State`)
    ).out.trim()
    if (said === `${jobId}|sim|debug|${state}`) return
    await sleep(500)
  }
  throw new Error(`sacct tells of job ${jobId}: ${said}`)
}

async function accountingFunction(): Promise<{ name: string; host: string; port: number }> {
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}))
  const found = Functions.find(({ Environment }) => Environment?.Variables?.ADMIN_SECRET)
  const { host, port } = JSON.parse(found?.Environment?.Variables?.DATABASE ?? '{}')
  return { name: found?.FunctionName ?? '', host, port }
}

/** What the login of a deployment may, with its own secret. */
async function login({ name, deploymentId }: ClusterView) {
  const { host, port } = await accountingFunction()
  const { SecretString: password = '' } = await secrets.send(
    new GetSecretValueCommand({ SecretId: databaseSecretName({ name, deploymentId }) }),
  )
  return createConnection({ host, port, user: databaseUser({ deploymentId }), password })
}
const jobs = (name: string) => `\`${databaseName(name)}\`.\`${name}_job_table\``

describe.skipIf(!hasHosts)('accounting', () => {
  let first = 0
  let last = 0
  const usage = (query: object) => client.call('getUsage', query).then((report) => report.usage)

  test('a job is in the database, in sacct and in the report, while the cluster is there and after', async () => {
    const { cluster, key } = await create(wish)
    first = await job(cluster, key)
    expect(await jobEnd(cluster, key, String(first))).toBe('COMPLETED')
    await sacct(cluster, key, first, 'COMPLETED')

    const own = await login(cluster)
    const [rows] = await own.query<RowDataPacket[]>(`SELECT * FROM ${jobs(cluster.name)} WHERE id_job = ?`, [
      first,
    ])
    await own.end()
    expect(rows).toEqual([expect.objectContaining({ nodes_alloc: 2, partition: 'debug', state: 3 })])

    const { virtualLab, project } = wish
    const there = await usage({ virtualLab, project })
    expect(there).toEqual([
      expect.objectContaining({ virtualLab, project, queue: 'debug', user: 'sim', jobs: 1 }),
    ])
    expect(there[0]?.coreHours).toBeGreaterThanOrEqual(there[0]?.nodeHours ?? 1)

    // One that the deletion ends: it counts until then, and not for ever.
    last = await job(cluster, key, 600)
    await sacct(cluster, key, last, 'RUNNING')
    await remove(cluster.name)
    const after = await usage({ virtualLab, project })
    expect(after.map(({ jobs }) => jobs)).toEqual([2])
    expect(await usage({ virtualLab, project })).toEqual(after)
    expect(await usage({ virtualLab })).toEqual(after)
    expect(await usage({ virtualLab, project: 'never-was' })).toEqual([])
    expect(await usage({ virtualLab, project, from: '2020-01-01', to: '2020-01-31' })).toEqual([])
  })

  test('the second cluster of the project sees the history, and its job ids go on', async () => {
    const { cluster, key } = await create(wish)
    await sacct(cluster, key, first, 'COMPLETED')
    await sacct(cluster, key, last, 'NODE_FAIL')
    const next = await job(cluster, key)
    expect(next).toBe(last + 1)
    expect(await jobEnd(cluster, key, String(next))).toBe('COMPLETED')
    await sacct(cluster, key, next, 'COMPLETED')
    expect((await usage(wish)).map(({ jobs }) => jobs)).toEqual([3])
  })

  test("a project's login reads no other project's database, nor who has one, nor the administrator's", async () => {
    const { cluster } = await create(other)
    const own = await login(cluster)
    await own.query(`SELECT COUNT(*) FROM ${jobs(cluster.name)}`)
    for (const statement of [
      `SELECT COUNT(*) FROM ${jobs(clusterName(wish))}`,
      `CREATE TABLE \`${databaseName(clusterName(wish))}\`.mine (a INT)`,
      'SELECT * FROM hpc_provisioner.projects',
      'SELECT * FROM mysql.global_priv',
      'CREATE DATABASE mine',
      "CREATE USER mine IDENTIFIED BY 'x'",
    ])
      await expect(own.query(statement), statement).rejects.toMatchObject({
        errno: expect.any(Number),
        code: expect.stringMatching(/DENIED/),
      })
    const [databases] = await own.query<RowDataPacket[]>('SHOW DATABASES')
    expect(databases.map(({ Database }) => Database).sort()).toEqual([
      databaseName(cluster.name),
      'information_schema',
    ])
    await own.end()
  })

  test('from inside a cluster the database asks for a password', async () => {
    const cluster = await ready(clusterName(wish))
    const key = keyFile(await secretOf(cluster.ssh?.userKeySecretArn ?? ''))
    for (const user of ['root', 'admin', 'hpc_reports']) {
      const { status, err } = await ssh(cluster, key, `mariadb --no-defaults -u ${user} -e 'SELECT 1'`)
      expect([user, status]).toEqual([user, 1])
      expect(err).toMatch(/Access denied|Can't connect/)
    }
  })

  test('prepared once more, everything is as it was', async () => {
    const { name, deploymentId, virtualLab, project } = await ready(clusterName(other))
    const { name: FunctionName } = await accountingFunction()
    const Payload = JSON.stringify({ do: 'prepare', name, deploymentId, virtualLab, project })
    const prepare = async () => {
      const { Payload: said } = await lambda.send(new InvokeCommand({ FunctionName, Payload }))
      return JSON.parse(said?.transformToString() ?? '')
    }
    const once = await prepare()
    expect(once.done).toMatchObject({ databaseName: databaseName(name), firstJobId: 1 })
    expect(await prepare()).toEqual(once)
    const cluster = await ready(name)
    await (await login(cluster)).end()
  })
})

afterAll(async () => {
  for (const name of new Set(made)) await remove(name).catch(() => {})
})
