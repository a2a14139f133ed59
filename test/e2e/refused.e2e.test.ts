// A create that is refused leaves nothing: no record, slot, event, message, secret, key pair or stack.
import {
  LambdaClient,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clusterName } from '../../core/names.ts'
import { Plan } from '../../core/plan-answers.ts'
import { asRoot, holdings, traces } from './account.ts'
import { client, gone, outputs, raw } from './caller.ts'

const lambda = new LambdaClient(asRoot(outputs))
const wish = { virtualLab: 'e2e-lab', project: 'refused', tier: 'debug', lustre: false }
const body = JSON.stringify(wish)
/** All but the daemons of this machine: none runs without a stack. */
async function all() {
  const { daemons: _daemons, ...held } = await holdings(outputs)
  return { ...held, ...(await traces(outputs)) }
}

/** The environment of the deployed API function, which says what the site is. */
async function apiFunction() {
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}))
  const found = Functions.filter(({ FunctionName = '' }) => /Functions.*Api/.test(FunctionName))
  const [{ FunctionName, Environment } = {}, ...more] = found
  if (!FunctionName || !Environment?.Variables || more.length > 0)
    throw new Error(`Which is the API's of ${Functions.map((one) => one.FunctionName).join(', ')}?`)
  return { FunctionName, Variables: Environment.Variables }
}

describe('on a site whose own image is none', () => {
  let api: Awaited<ReturnType<typeof apiFunction>>
  const configure = (Variables: Record<string, string>) =>
    lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: api.FunctionName, Environment: { Variables } }),
    )

  beforeAll(async () => {
    api = await apiFunction()
    const site = JSON.parse(api.Variables.SITE ?? '{}')
    await configure({ ...api.Variables, SITE: JSON.stringify({ ...site, customAmi: 'my-image' }) })
  })
  afterAll(async () => {
    await configure(api.Variables)
  })

  const refused: [what: string, request: Parameters<typeof raw>[0]][] = [
    ['a create', { method: 'POST', path: '/v1/clusters', body }],
    [
      'a tailor-made create',
      {
        method: 'POST',
        path: '/v1/clusters',
        body: JSON.stringify({ ...wish, tier: undefined, resources: { nodes: 2 } }),
      },
    ],
    [
      'a compatible create',
      {
        method: 'POST',
        path: '/hpc-provisioner/pcluster',
        query: { vlab_id: wish.virtualLab, project_id: wish.project, tier: 'debug', include_lustre: 'false' },
      },
    ],
  ]
  test.each(refused)(
    '%s is refused with what ParallelCluster would say, and leaves nothing',
    async (_, request) => {
      const before = await all()
      const answer = await raw(request)
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({
        code: 'ConfigurationRefused',
        details: expect.arrayContaining([{ path: 'Image.CustomAmi', message: expect.any(String) }]),
      })
      expect(await all()).toEqual(before)
      expect((await raw({ method: 'GET', path: `/v1/clusters/${clusterName(wish)}` })).status).toBe(404)
    },
  )

  test('a dry run tells the same as a finding, and leaves nothing', async () => {
    const before = await all()
    const answer = await raw({ method: 'POST', path: '/v1/clusters', query: { dryRun: 'true' }, body })
    const { findings } = Plan.parse(await answer.json())
    const errors = findings.filter(({ level }) => level === 'ERROR')
    expect(errors.map(({ path }) => path)).toEqual(['Image.CustomAmi'])
    expect(await all()).toEqual(before)
  })
})

test('the same wish is taken where the image is right, and is seen in all of this', async () => {
  const before = await all()
  const { name } = await client.call('createCluster', wish)
  const after = await all()
  expect(after).toMatchObject({ records: before.records + 1, slots: before.slots + 1 })
  expect([after.secrets, after.keyPairs].map(({ length }) => length)).toEqual([
    before.secrets.length + 2,
    before.keyPairs.length + 1,
  ])
  expect(after.events).toBeGreaterThan(before.events)
  await client.call('deleteCluster', { name })
  await gone(name)
})
