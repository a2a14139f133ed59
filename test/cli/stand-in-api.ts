// An HTTP server that stands for the API, and for Secrets Manager: answers made by the contract's schemas.
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Route, type RouteName, routes } from '../../core/contract.ts'
import type { ErrorBody } from '../../core/error-body.ts'
import { type ErrorCode, errorCodes } from '../../core/errors.ts'

export type Call = {
  method: string
  path: string
  query: Record<string, string>
  headers: IncomingMessage['headers']
  body: string
  route: RouteName | undefined
}
export type Answer = { status: number; text: string; headers?: Record<string, string> }
/** Several answers are given one after the other, the last one from then on. */
export type Answers = { [R in RouteName]?: Answer | Answer[] | ((call: Call) => Answer) }

export const answered = (name: RouteName, output: unknown): Answer => {
  const route: Route = routes[name]
  return { status: route.status, text: JSON.stringify(route.output.parse(output)) }
}
export const refused = (code: ErrorCode, extra: Partial<ErrorBody> = {}): Answer => ({
  status: errorCodes[code].status,
  text: JSON.stringify({ code, message: `Refused with ${code}.`, requestId: 'request-1', ...extra }),
})

const stage = '/restapis/abc123/local/_user_request_'

export async function standInApi(answers: Answers, secrets: Record<string, string> = {}) {
  const calls: Call[] = []
  const told = new Map<RouteName, number>()
  const answerTo = (call: Call): Answer => {
    const answer = call.route && answers[call.route]
    if (!call.route || !answer) return { status: 404, text: '{"message":"no such answer in this test"}' }
    if (typeof answer === 'function') return answer(call)
    const list = [answer].flat()
    const index = told.get(call.route) ?? 0
    told.set(call.route, index + 1)
    return list[Math.min(index, list.length - 1)] as Answer
  }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const call = callOf(request, Buffer.concat(chunks).toString())
    const isSecret = request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue'
    if (!isSecret) calls.push(call)
    const { status, text, headers } = isSecret ? secretOf(secrets, call.body) : answerTo(call)
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { endpointUrl, apiUrl: endpointUrl + stage, calls, close }
}
export type StandInApi = Awaited<ReturnType<typeof standInApi>>

function callOf({ method = '', url = '', headers }: IncomingMessage, body: string): Call {
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1')
  const path = pathname.startsWith(stage) ? pathname.slice(stage.length) : pathname
  const isDryRun = searchParams.get('dryRun') === 'true'
  const matches = ([, route]: [string, Route]) =>
    (route.dryRunOf !== undefined) === isDryRun &&
    route.method === method &&
    new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path)
  const route = Object.entries<Route>(routes).find(matches)?.[0] as RouteName | undefined
  return { method, path, query: Object.fromEntries(searchParams), headers, body, route }
}

function secretOf(secrets: Record<string, string>, body: string): Answer {
  const SecretString = secrets[JSON.parse(body).SecretId]
  if (SecretString !== undefined) return { status: 200, text: JSON.stringify({ SecretString }) }
  const text = JSON.stringify({ __type: 'ResourceNotFoundException', message: 'no such secret' })
  return { status: 400, text }
}
