// What the client makes of any answer.
import { expect, test } from 'vitest'
import { apiClient } from '../../cli/client.ts'
import { refusalOf } from '../../cli/refusal.ts'
import type { AppError } from '../../core/errors.ts'
import { aCluster } from './clusters.ts'
import { anApi } from './command-line.ts'
import { type Answer, refused } from './stand-in-api.ts'

const credentials = { accessKeyId: 'AKID', secretAccessKey: 'not-told' }
const name = 'hpc-my-project-0123456789abcde'

async function aClient(getCluster: Answer) {
  const { apiUrl } = await anApi({ getCluster })
  return apiClient({ apiUrl, region: 'eu-central-1', credentials })
}
const failure = async (answer: Answer): Promise<AppError> => {
  const client = await aClient(answer)
  return client.call('getCluster', { name }).then(
    () => expect.unreachable('this answer is a failure'),
    (error) => error,
  )
}

test('a success keeps fields that only a newer service has', async () => {
  const text = JSON.stringify({ ...aCluster(), colour: 'green' })
  const client = await aClient({ status: 200, text })
  expect(await client.call('getCluster', { name })).toEqual({ ...aCluster(), colour: 'green' })
})

test("a refusal keeps the service's code, message, details, request id and patience", async () => {
  const details = [{ path: 'tier', message: 'tier debug (asked: x)' }]
  const error = await failure({
    ...refused('ClusterDiffers', { details }),
    headers: { 'retry-after': '7' },
  })
  expect(error).toMatchObject({
    code: 'ClusterDiffers',
    message: 'Refused with ClusterDiffers.',
    details,
    retryAfterSeconds: 7,
  })
  expect(refusalOf(error)).toEqual({ status: 409, requestId: 'request-1' })
})

test.each<[because: string, code: string, message: RegExp, answer: Answer]>([
  ['API Gateway refuses', 'Forbidden', /Missing Auth/, { status: 403, text: '{"message":"Missing Auth"}' }],
  [
    'IAM writes it large',
    'Forbidden',
    /not authorized/,
    { status: 403, text: '{"Message":"not authorized"}' },
  ],
  ['a proxy answers', 'Unavailable', /502.*no JSON/, { status: 502, text: '<html>Bad gateway</html>' }],
  ['API Gateway throttles', 'TooManyRequests', /Too Many/, { status: 429, text: '{"message":"Too Many"}' }],
  [
    'a newer code',
    'Conflict',
    /Busy/,
    { status: 409, text: '{"code":"Busy","message":"x","requestId":"r"}' },
  ],
  ['a code like a property', 'Internal', /x/, { status: 500, text: '{"code":"toString","message":"x"}' }],
  ['an empty failure', 'Internal', /500/, { status: 500, text: '' }],
  ['no such path', 'RouteNotFound', /nothing/, { status: 404, text: '{"message":"nothing"}' }],
  ['a redirect', 'Internal', /302/, { status: 302, text: '', headers: { location: 'http://127.0.0.1:1/' } }],
  ['a portal says yes', 'Internal', /not as the contract/, { status: 200, text: '<html>Welcome</html>' }],
  ['another shape', 'Internal', /at name/, { status: 200, text: '{}' }],
  ['JSON, but null', 'Unavailable', /503/, { status: 503, text: 'null' }],
])('%s: %s', async (_, code, message, answer) => {
  expect(await failure(answer)).toMatchObject({ code, message: expect.stringMatching(message) })
})

test("API Gateway's request id is kept where the body has none", async () => {
  const headers = { 'x-amzn-requestid': 'gateway-1' }
  const error = await failure({ status: 403, text: '{"message":"Forbidden"}', headers })
  expect(refusalOf(error)).toEqual({ status: 403, requestId: 'gateway-1' })
})

test('no answer at all is Unavailable, and says where it was looked for', async () => {
  const api = await anApi({})
  await api.close()
  const { call } = apiClient({ apiUrl: api.apiUrl, region: 'eu-central-1', credentials })
  const message = expect.stringMatching(/127\.0\.0\.1:\d+ cannot be reached: ECONNREFUSED/)
  await expect(call('getVersion', {})).rejects.toMatchObject({ code: 'Unavailable', message })
})
