// A cluster's private keys and its database password are in Secrets Manager, and in no answer, event, table, template, log
// or file beside it: after a real life, everything is searched for them.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { DeleteItemCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { beforeAll, expect, inject, test } from 'vitest'
import { asRoot } from './account.ts'
import { client, gone, hasHosts, jobEnd, keyFile, outputs, raw, ready, secretOf, ssh } from './caller.ts'
import { dynamo, everywhere, logs, type Place } from './searched.ts'

const wish = { virtualLab: 'e2e-secrets', project: 'searched', tier: 'debug' }
const answers: Place[] = []
/** The texts by which each secret would be known, wherever it is and however it is written. */
const signs = new Map<string, string[]>()
let name = ''

/** Text of bytes in base64 at each of its three places among others, without the ends that others share. */
const inBase64 = (bytes: Buffer): string[] =>
  [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes, Buffer.alloc(3)])
      .toString('base64')
      .slice(4, 40),
  )

function signsOf(value: string): string[] {
  if (!value.startsWith('-----BEGIN')) return [value, ...inBase64(Buffer.from(value))]
  const lines = value.split('\n').slice(1, -2)
  const body = Buffer.from(lines.join(''), 'base64')
  // In OpenSSH's format the seed is the first half of 64 bytes that stand behind their length.
  const from = body.indexOf(Buffer.from([0, 0, 0, 64])) + 4
  const seed = body.subarray(from, from + 32)
  expect([from > 4, seed.length]).toEqual([true, 32])
  // The first lines are the format's name and the public half.
  const own = lines.slice(3).filter((line) => line.length === 70)
  return [...own, ...inBase64(seed), seed.toString('hex'), [...seed].join(',')]
}

/** Which secret is where. */
async function found(): Promise<string[]> {
  const hits = new Set<string>()
  const look = ({ where, bytes }: Place) => {
    for (const [secret, texts] of signs)
      if (texts.some((text) => bytes.includes(text))) hits.add(`${secret} in ${where}`)
  }
  answers.forEach(look)
  for await (const place of everywhere()) look(place)
  return [...hits].sort()
}

async function asked(request: Parameters<typeof raw>[0]): Promise<void> {
  const answer = await raw(request)
  answers.push({
    where: `answer of ${request.method} ${request.path}`,
    bytes: Buffer.from(JSON.stringify([...answer.headers]) + (await answer.text())),
  })
}

const { virtualLab: vlab_id, project: project_id } = wish
const compatible = { path: '/hpc-provisioner/pcluster', query: { vlab_id, project_id } }

async function askAll(): Promise<void> {
  for (const path of [`/v1/clusters/${name}`, `/v1/clusters/${name}/events`, '/v1/clusters', '/v1/usage'])
    await asked({ method: 'GET', path })
  await asked({ method: 'GET', path: '/hpc-provisioner/pcluster' })
  await asked({ method: 'GET', ...compatible })
  await asked({
    method: 'POST',
    path: '/v1/clusters',
    query: { dryRun: 'true' },
    body: JSON.stringify(wish),
  })
}

beforeAll(async () => {
  ;({ name } = await client.call('createCluster', wish))
  const cluster = await ready(name)
  const secrets = new SecretsManagerClient(asRoot(outputs))
  const { SecretList = [] } = await secrets.send(new ListSecretsCommand({ MaxResults: 100 }))
  for (const { Name = '', ARN = '' } of SecretList)
    if (Name.startsWith(`hpc-provisioner/${name}/`))
      signs.set(Name.split('/').at(-1) ?? '', signsOf(await secretOf(ARN)))
  if (hasHosts) {
    const key = keyFile(await secretOf(cluster.ssh?.userKeySecretArn ?? ''))
    const { out } = await ssh(cluster, key, 'sbatch --parsable --wrap "env; ls -la ~ ~/.ssh; id"')
    await jobEnd(cluster, key, out.trim())
  }
  await askAll()
  await asked({ method: 'POST', ...compatible })
  await asked({ method: 'POST', path: '/v1/clusters', body: JSON.stringify(wish) })
})

test('there are a key of the user, one of the admin and, with a database, a password', () => {
  const expected = ['admin-ssh-key', ...(hasHosts ? ['database-password'] : []), 'user-ssh-key']
  expect([...signs.keys()].sort()).toEqual(expected)
  for (const texts of signs.values()) expect(texts.every((text) => text.length >= 24)).toBe(true)
})

test('while the cluster is there, they are nowhere but where they must be', async () => {
  // slurmdbd reads its login from its own file, which is Slurm's alone.
  const legitimate = /^database-password in file clusters\/[^/]+\/(.+\/)?slurmdbd\.conf$/
  const hits = await found()
  expect(hits.filter((hit) => !legitimate.test(hit))).toEqual([])
  expect(hits.length > 0).toBe(hasHosts)
})

test('the search finds them where they are planted', async () => {
  const [userKey, password] = ['user-ssh-key', hasHosts ? 'database-password' : 'admin-ssh-key'].map(
    (secret) => signs.get(secret)?.at(0) ?? '',
  )
  const folder = join(inject('stateDir'), 'planted')
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'core.dump'),
    Buffer.concat([Buffer.alloc(9000, 255), Buffer.from(`x${userKey}`)]),
  )
  const stream = { logGroupName: '/planted', logStreamName: 'one' }
  await logs.send(new CreateLogGroupCommand(stream))
  await logs.send(new CreateLogStreamCommand(stream))
  const message = `level=DEBUG env={"KEY":"${userKey}"}`
  await logs.send(new PutLogEventsCommand({ ...stream, logEvents: [{ timestamp: Date.now(), message }] }))
  const { TableNames = [] } = await dynamo.send(new ListTablesCommand({}))
  const TableName = TableNames.find((one) => one.includes('TablesSlots'))
  const Key = { slot: { N: '99999' } }
  await dynamo.send(new PutItemCommand({ TableName, Item: { ...Key, note: { S: `p=${password}` } } }))
  const hits = await found()
  rmSync(folder, { recursive: true })
  await logs.send(new DeleteLogGroupCommand(stream))
  await dynamo.send(new DeleteItemCommand({ TableName, Key }))
  expect(hits).toEqual(
    expect.arrayContaining([
      'user-ssh-key in file planted/core.dump',
      'user-ssh-key in log group /planted',
      `${hasHosts ? 'database-password' : 'admin-ssh-key'} in table ${TableName}`,
    ]),
  )
})

test('when the cluster is gone, they are nowhere at all', async () => {
  await client.call('deleteCluster', { name })
  await gone(name)
  await askAll()
  expect(await found()).toEqual([])
})
