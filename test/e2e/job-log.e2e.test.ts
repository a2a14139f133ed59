// What a cluster's jobs were and did, as its log group tells it: written on the head node, read back from CloudWatch Logs.
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClusterView } from '../../core/answers.ts'
import { client, gone, hasHosts, keyFile, outputs, ready, secretOf, ssh, updated } from './caller.ts'

const { endpointUrl: endpoint, region } = outputs
const logs = new CloudWatchLogsClient({
  endpoint,
  region,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
})

type Told = { kind: string; job: string; [field: string]: unknown }
let cluster: ClusterView
let key: string

async function everything(): Promise<Told[]> {
  const told: Told[] = []
  let nextToken: string | undefined
  for (;;) {
    const page = await logs
      .send(
        new GetLogEventsCommand({
          logGroupName: cluster.jobLogGroup,
          logStreamName: 'jobs',
          startFromHead: true,
          nextToken,
        }),
      )
      .catch((error) => {
        if (error.name === 'ResourceNotFoundException') return { events: [], nextForwardToken: undefined }
        throw error
      })
    told.push(...(page.events ?? []).map(({ message = '' }) => JSON.parse(message) as Told))
    if (!page.events?.length || page.nextForwardToken === nextToken) return told
    nextToken = page.nextForwardToken
  }
}

/** All that is told of a job, once it is. */
async function toldOf(job: string): Promise<Record<string, Told>> {
  for (let tries = 0; tries < 240; tries++) {
    const found = (await everything()).filter((one) => one.job === job)
    if (found.length > 0) return Object.fromEntries(found.map((one) => [one.kind, one]))
    await sleep(500)
  }
  throw new Error(`Nothing is told of job ${job}.`)
}

async function submit(args: string, before = ''): Promise<string> {
  const { out, err } = await ssh(cluster, key, `${before} sbatch --parsable ${args}`)
  expect(out.trim(), err).toMatch(/^\d+$/)
  return out.trim()
}

// Node scripts run as root only.
describe.skipIf(!hasHosts || process.getuid?.() !== 0)('the job log of a cluster', () => {
  beforeAll(async () => {
    const { name } = await client.call('createCluster', { virtualLab: 'e2e-lab', project: 'job-log' })
    cluster = await ready(name)
    key = keyFile(await secretOf(cluster.ssh?.userKeySecretArn ?? ''))
  })

  afterAll(async () => {
    if (!cluster) return
    await client.call('deleteCluster', { name: cluster.name }).catch(() => {})
    await gone(cluster.name)
  })

  test('has a job’s record, with its exit code, and what it printed', async () => {
    const job = await submit(`-N2 -J my-name -o out-%j -e err-%j --wrap 'echo hello; echo oh >&2; exit 7'`)
    const { record, stdout, stderr } = await toldOf(job)
    expect(record).toMatchObject({
      v: 1,
      name: 'my-name',
      user: 'sim',
      uid: 5000,
      queue: 'debug',
      state: 'FAILED',
      reason: 'NonZeroExitCode',
      exitCode: 7,
      signal: 0,
      nodeCount: 2,
      nodes: expect.stringMatching(/^debug-dy-/),
      cpus: 2,
      resources: expect.objectContaining({ cpu: '2', node: '2' }),
      submit: expect.stringMatching(/^\d{4}-.*Z$/),
      workDir: '/home/sim',
    })
    const [begin, end] = [Date.parse(String(record?.start)), Date.parse(String(record?.end))]
    expect(begin).toBeGreaterThanOrEqual(Date.parse(String(record?.submit)))
    expect(record?.elapsedSeconds).toBe((end - begin) / 1000)
    // In UTC, whatever the machine's zone.
    expect(Math.abs(Date.now() - end)).toBeLessThan(10 * 60_000)
    expect(stdout).toMatchObject({ path: `/home/sim/out-${job}`, text: 'hello\n', bytes: 6, from: 0 })
    expect(stderr).toMatchObject({ path: `/home/sim/err-${job}`, text: 'oh\n' })
  })

  test('has its environment and modules, and no secret of it', async () => {
    const secrets = `DB_PASSWORD=s3kret my_token=s3kret AWS_ACCESS_KEY_ID=s3kret DB=postgres://me:s3kret@db/x`
    const job = await submit(
      `--wrap 'module load gcc/13 2>/dev/null; true'`,
      `${secrets} PLAIN='two words' LOADEDMODULES=gcc/12:openmpi/4`,
    )
    const { environment } = await toldOf(job)
    expect(environment).toMatchObject({
      modules: ['gcc/12', 'openmpi/4'],
      modulesInScript: ['gcc/13'],
      cut: false,
      variables: {
        PLAIN: 'two words',
        HOME: '/home/sim',
        DB_PASSWORD: '***',
        my_token: '***',
        AWS_ACCESS_KEY_ID: '***',
        DB: 'postgres://me:***@db/x',
      },
    })
    expect(JSON.stringify(await everything())).not.toContain('s3kret')
  })

  test('has each task of an array', async () => {
    const array = await submit(
      `--array=1-3 --wrap 'echo task $SLURM_ARRAY_TASK_ID; exit $SLURM_ARRAY_TASK_ID'`,
    )
    await toldOf(array)
    let tasks: Told[] = []
    for (let tries = 0; tries < 120 && tasks.length < 3; tries++) {
      tasks = (await everything()).filter((one) => one.kind === 'record' && one.arrayJob === array)
      await sleep(500)
    }
    expect(tasks.map(({ arrayTask, exitCode }) => [arrayTask, exitCode]).sort()).toEqual([
      ['1', 1],
      ['2', 2],
      ['3', 3],
    ])
    const outputs = (await everything()).filter(
      ({ job, kind }) => kind === 'stdout' && tasks.some((one) => one.job === job),
    )
    expect(outputs.map(({ text }) => text).sort()).toEqual(['task 1\n', 'task 2\n', 'task 3\n'])
  })

  test('reads a job’s output with the user’s rights: a link to a file of root gives nothing away', async () => {
    const { out } = await ssh(cluster, key, 'cat /etc/shadow')
    expect(out).toBe('')
    const job = await submit(`-o link --wrap 'rm link; ln -s /etc/shadow link'`)
    expect((await toldOf(job)).stdout).toMatchObject({ path: '/home/sim/link', problem: 'Permission denied' })
    const pipe = await submit(`-o pipe --wrap 'rm pipe; mkfifo pipe'`)
    expect((await toldOf(pipe)).stdout).toMatchObject({ problem: 'not a regular file' })
    expect(JSON.stringify(await everything())).not.toMatch(/root:\*/)
  })

  test('takes no line of a job’s name for a fact', async () => {
    const name = `$'x\\n   UserId=root(0)\\n   Requeue=1 Restarts=0 BatchFlag=1 Reboot=0 ExitCode=0:0'`
    const job = await submit(`-J ${name} --wrap 'exit 5'`)
    expect((await toldOf(job)).record).toMatchObject({ user: 'sim', uid: 5000, exitCode: 5, state: 'FAILED' })
  })

  test('has the last 64 KiB of a large output, in events that CloudWatch Logs takes', async () => {
    const job = await submit(`-o large --wrap 'head -c 300000 /dev/zero; printf the-end'`)
    await toldOf(job)
    const parts = (await everything()).filter((one) => one.job === job && one.kind === 'stdout')
    expect(parts.map(({ part, parts: of, bytes, from }) => [part, of, bytes, from])).toEqual([
      [1, 2, 300_007, 300_007 - 65_536],
      [2, 2, 300_007, 300_007 - 65_536],
    ])
    expect(parts.map(({ text }) => text).join('')).toHaveLength(65_536)
    expect(String(parts[1]?.text).endsWith('\0the-end')).toBe(true)
    for (const part of parts) expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThan(256 * 1024)
  })

  test('goes on after an update, which starts slurmctld again, and tells no job twice', async () => {
    await client.call('updateCluster', { name: cluster.name, maxNodes: 2 })
    expect(await updated(cluster.name)).toMatchObject({ status: 'UPDATE_COMPLETE' })
    const job = await submit(`--wrap 'echo after'`)
    expect((await toldOf(job)).stdout).toMatchObject({ text: 'after\n' })
    // What was sent and not answered is sent once more, as it was; nothing is collected again.
    const records = (await everything()).filter(({ kind }) => kind === 'record')
    expect(new Set(records.map((one) => JSON.stringify(one))).size).toBe(
      new Set(records.map((one) => one.job)).size,
    )
  })

  test('is there when the cluster is gone', async () => {
    const before = await everything()
    await client.call('deleteCluster', { name: cluster.name })
    await gone(cluster.name)
    const { logGroups } = await logs.send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: cluster.jobLogGroup }),
    )
    expect(logGroups).toMatchObject([{ logGroupName: cluster.jobLogGroup, retentionInDays: 7 }])
    expect(await everything()).toEqual(before)
  })
})
