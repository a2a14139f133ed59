// Who may call, and what they are told: API Gateway, IAM and the function together.
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  IAMClient,
} from '@aws-sdk/client-iam'
import { expect, test } from 'vitest'
import { signedFetch } from '../../cli/signed-fetch.ts'
import { openApi } from '../../core/openapi.ts'
import { Finding, Plan } from '../../core/plan-answers.ts'
import * as z from '../../core/zod.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { holdings } from './account.ts'
import { client, gone, hasHosts, jobEnd, keyFile, outputs, raw, secretOf, ssh } from './caller.ts'

const { apiUrl, region, endpointUrl } = outputs

const oneShape = (code: string) =>
  expect.objectContaining({ code, message: expect.any(String), requestId: expect.any(String) })

test('an unsigned request is 403, in the API’s own shape', async () => {
  const answer = await fetch(`${apiUrl}/v1/version`)
  expect([answer.status, await answer.json()]).toEqual([403, oneShape('Forbidden')])
})

test('who asks too often is told when to ask again, and costs no other caller anything', async () => {
  const slow = signedFetch({ apiUrl: apiUrl.replace(/\/local\//, '/slow/'), region, credentials: outputs })
  const version = { method: 'GET', path: '/v1/version' }
  const answers = await Promise.all(Array.from({ length: 12 }, () => slow(version)))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]))
  const refused = answers.find(({ status }) => status === 429)
  expect(refused?.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(await refused?.json()).toEqual(oneShape('TooManyRequests'))
  const others = await Promise.all(Array.from({ length: 12 }, () => raw(version)))
  expect(others.map(({ status }) => status)).toEqual(Array(12).fill(200))
})

test('the description of the API is that of its contract', async () => {
  const answer = await raw({ method: 'GET', path: '/v1/openapi.json' })
  expect([answer.status, await answer.json()]).toEqual([200, openApi(packageJson.version)])
})

test('a wrongly signed request is 403', async () => {
  const forged = signedFetch({
    apiUrl,
    region,
    credentials: { ...outputs, secretAccessKey: 'not-the-secret' },
  })
  expect((await forged({ method: 'GET', path: '/v1/version' })).status).toBe(403)
})

test('an administrator of the account who is no listed caller is 403', async () => {
  const iam = new IAMClient({
    endpoint: endpointUrl,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  const UserName = 'unlisted-administrator'
  await iam.send(new CreateUserCommand({ UserName }))
  const allowAll = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
  const { Policy } = await iam.send(
    new CreatePolicyCommand({ PolicyName: UserName, PolicyDocument: JSON.stringify(allowAll) }),
  )
  await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: Policy?.Arn }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  }
  const unlisted = signedFetch({ apiUrl, region, credentials })
  expect((await unlisted({ method: 'GET', path: '/v1/version' })).status).toBe(403)
})

const refused: [why: string, status: number, code: string, request: Parameters<typeof raw>[0]][] = [
  ['unknown path', 404, 'RouteNotFound', { method: 'GET', path: '/v1/nothing' }],
  ['wrong method', 405, 'MethodNotAllowed', { method: 'PUT', path: '/v1/clusters' }],
  [
    'bad id',
    400,
    'InvalidRequest',
    { method: 'POST', path: '/v1/clusters', body: '{"virtualLab":"../x","project":"p"}' },
  ],
  ['body that is no JSON', 400, 'InvalidRequest', { method: 'POST', path: '/v1/clusters', body: '{' }],
  [
    'body over 64 KiB',
    413,
    'RequestTooLarge',
    { method: 'POST', path: '/v1/clusters', body: `"${'x'.repeat(66_000)}"` },
  ],
  [
    'unknown parameter',
    400,
    'InvalidRequest',
    { method: 'GET', path: '/v1/clusters', query: { nextToken: 'x' } },
  ],
  [
    'only one id',
    400,
    'InvalidRequest',
    { method: 'GET', path: '/hpc-provisioner/pcluster', query: { vlab_id: 'x' } },
  ],
  [
    'unknown tier',
    400,
    'UnknownTier',
    { method: 'POST', path: '/v1/clusters', body: '{"virtualLab":"v","project":"p","tier":"x"}' },
  ],
]

test.each(refused)('%s is %i %s and changes nothing', async (_why, status, code, request) => {
  const before = await holdings(outputs)
  const answer = await raw(request)
  expect(answer.status).toBe(status)
  expect(await answer.json()).toMatchObject({
    code,
    message: expect.any(String),
    requestId: expect.any(String),
  })
  expect(await holdings(outputs)).toEqual(before)
})

test('a dry run answers configuration, findings and template, and leaves nothing', async () => {
  const before = await holdings(outputs)
  const body = JSON.stringify({ virtualLab: 'e2e-lab', project: 'planned', tier: 'prod-mpi' })
  const answer = await raw({ method: 'POST', path: '/v1/clusters', query: { dryRun: 'true' }, body })
  expect(answer.status).toBe(200)
  const plan = Plan.parse(await answer.json())
  expect(plan.configuration).toMatchObject({ Scheduling: { Scheduler: 'slurm' } })
  expect(plan.findings.filter(({ level }) => level === 'ERROR')).toEqual([])
  expect(Object.keys(plan.template.Resources as object)).toContain('Cluster')
  expect(await holdings(outputs)).toEqual(before)
})

test('a configuration that ParallelCluster would refuse is told with every finding and its line', async () => {
  const body = 'Image: {Os: alinux2023}\nScheduling:\n  Scheduler: slurm\n  SlurmQueues: [{Name: 1-queue}]\n'
  const answer = await raw({ method: 'POST', path: '/v1/configurations/validate', body })
  expect(answer.status).toBe(200)
  const { valid, findings } = z
    .object({ valid: z.boolean(), findings: z.array(Finding) })
    .parse(await answer.json())
  expect(valid).toBe(false)
  expect(findings.map(({ path, line }) => [path, line])).toEqual(
    expect.arrayContaining([
      ['HeadNode', 1],
      ['Scheduling.SlurmQueues.0.Networking', 4],
    ]),
  )
})

// What such a client reads of any answer.
const Described = z.looseObject({
  cluster: z._default(
    z.looseObject({
      clusterName: z.string(),
      private_ssh_key_arn: z._default(z.string(), ''),
      user_private_ssh_key_arn: z._default(z.string(), ''),
    }),
    { clusterName: '', private_ssh_key_arn: '', user_private_ssh_key_arn: '' },
  ),
  clusterStatus: z.optional(z.string()),
})

test('a client of the earlier service works unchanged', async () => {
  const before = await holdings(outputs)
  const query = {
    project_id: '2026-11-22-14H05',
    tier: 'debug',
    vlab_id: '7f2c9c1e-0b7f-4e0e-9d5b-6d0f5d3f3f10',
  }
  const ask = async (method: string, extra = {}) => {
    const { tier: _tier, ...ids } = query
    const answer = await raw({
      method,
      path: '/hpc-provisioner/pcluster',
      query: method === 'POST' ? { ...query, ...extra } : ids,
    })
    return { status: answer.status, body: Described.parse(await answer.json()) }
  }
  const posted = await ask('POST', { include_lustre: 'FALSE' })
  expect(posted.status).toBe(200)
  const { cluster } = posted.body
  expect(cluster).toMatchObject({ clusterStatus: 'CREATE_REQUEST_RECEIVED', ssh_user: 'sim' })
  expect(cluster.private_ssh_key_arn).toBe(cluster.user_private_ssh_key_arn)
  const key = keyFile(await secretOf(cluster.private_ssh_key_arn))

  let seen = await ask('GET')
  while (!['CREATE_COMPLETE', 'CREATE_FAILED'].includes(seen.body.clusterStatus ?? '')) {
    expect(seen).toMatchObject({
      status: 200,
      body: { clusterName: cluster.clusterName, vlab_id: query.vlab_id },
    })
    await new Promise((resolve) => setTimeout(resolve, 500))
    seen = await ask('GET')
  }
  expect(seen.body.clusterStatus).toBe('CREATE_COMPLETE')
  expect('message' in seen.body).toBe(false)
  expect((await ask('POST')).body).toEqual(posted.body)

  if (hasHosts) {
    const view = await client.call('getCluster', { name: cluster.clusterName })
    const { out } = await ssh(view, key, 'sbatch --parsable --wrap "ls -d /scratch /home/sim"')
    expect(await jobEnd(view, key, out.trim())).toBe('COMPLETED')
  }
  expect(await ask('DELETE')).toMatchObject({
    status: 200,
    body: { cluster: { clusterStatus: 'DELETE_IN_PROGRESS' } },
  })
  await gone(cluster.clusterName)
  expect((await ask('GET')).status).toBe(404)
  expect(await holdings(outputs)).toEqual(before)
})
