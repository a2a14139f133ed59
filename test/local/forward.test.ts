// The forward function passes an event on, and answers for the provider where that is not there.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it, vi } from 'vitest'
import { handler } from '../../local/provider/forward.ts'

type Request = { method: string; authorization: string | undefined; body: Record<string, unknown> }
const open: (() => void)[] = []
afterEach(() => {
  for (const close of open.splice(0)) close()
  vi.unstubAllEnvs()
})

async function listen(status = 200): Promise<{ url: string; requests: Request[] }> {
  const requests: Request[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    requests.push({
      method: request.method ?? '',
      authorization: request.headers.authorization,
      body: JSON.parse(text),
    })
    response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests }
}

const anEvent = (ResponseURL: string) => ({
  RequestType: 'Create',
  RequestId: 'r',
  StackId: 's',
  LogicalResourceId: 'Cluster',
  ResponseURL,
  ResourceProperties: { ClusterName: 'hpc-a' },
})

it('the provider gets the event with the token, and CloudFormation no answer yet', async () => {
  const [provider, cloudFormation] = [await listen(202), await listen()]
  vi.stubEnv('PROVIDER_URL', provider.url)
  vi.stubEnv('PROVIDER_TOKEN', 'secret')
  await handler(anEvent(cloudFormation.url))
  expect(provider.requests).toMatchObject([
    {
      method: 'POST',
      authorization: 'Bearer secret',
      body: { RequestId: 'r', ResourceProperties: { ClusterName: 'hpc-a' } },
    },
  ])
  expect(cloudFormation.requests).toEqual([])
})

it.each([
  ['nobody listens', async () => 'http://127.0.0.1:9/', /does not answer/],
  ['the token is refused', async () => (await listen(403)).url, /answered 403/],
])('CloudFormation is told that the create failed when %s', async (_, url, reason) => {
  const cloudFormation = await listen()
  vi.stubEnv('PROVIDER_URL', await url())
  await handler(anEvent(cloudFormation.url))
  expect(cloudFormation.requests).toMatchObject([
    {
      method: 'PUT',
      body: { Status: 'FAILED', Reason: expect.stringMatching(reason), PhysicalResourceId: 'hpc-a' },
    },
  ])
})
