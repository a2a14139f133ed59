// API Gateway's part on loopback: HTTP in, the event that it makes of it to the real handlers, over the in-memory world.
// Notes whatever a fuzzer cannot see from outside.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda'
import { type Route, routes } from '../../core/contract.ts'
import type { ErrorBody } from '../../core/error-body.ts'
import { orphanKinds } from '../../core/orphans/report.ts'
import { verbs } from '../../core/verbs/index.ts'
import { withAudit } from '../../lambdas/middleware/audit.ts'
import { httpHandler } from '../../lambdas/middleware/http-handler.ts'
import { orphansHandler } from '../../lambdas/middleware/orphans-handler.ts'
import { preflightHandler } from '../../lambdas/middleware/preflight-handler.ts'
import { anAccount, aThing, knowing, pastOf } from '../core/orphans/leftovers.ts'
import { aPlace, look } from '../core/preflight/account.ts'
import type { World } from '../world.ts'

const past = pastOf('past', Date.parse('2026-07-30T00:00:00Z'))
const maxBytes = 10 * 1024 * 1024
const paths = [...new Set(Object.values<Route>(routes).map(({ path }) => path))]
const served = Object.values<Route>(routes).filter(({ servedBy }) => servedBy)
/** Whether it is to be in the audit trail: a dry run wishes for nothing. */
function isAudited({ httpMethod, resource, multiValueQueryStringParameters: query }: APIGatewayProxyEvent) {
  const isDry = query?.dryRun !== undefined && query.dryRun[0] !== 'false'
  const here = Object.values<Route>(routes).filter(
    ({ method, path }) => method === httpMethod && path === resource,
  )
  const dryRun = here.find(({ dryRunOf }) => dryRunOf)
  return isDry && dryRun ? dryRun.audited === true : here.some(({ audited }) => audited)
}
// What only reads, and the entry of who asked: all else is a write, which no refused request may lead to.
const reading = /^(get|list|read|count|zonesOffering|addAudit)/
// A stack's line, and where our files are.
const traces = /\n\s+at |node:internal|node_modules|\/(core|lambdas|aws|test)\/[\w/-]+\.ts/

export type Gateway = { url: string; findings: string[]; answers: Map<number, number>; close: () => void }

export async function startGateway(world: World): Promise<Gateway> {
  const api = httpHandler(() => world.context, verbs, withAudit)
  const preflight = preflightHandler(
    () => aPlace(),
    (place) => look({}, place),
  )
  const { leftovers } = anAccount([aThing('secret', past)])
  const settings = { sweep: 'delete' as const, kinds: [...orphanKinds] }
  const cloud = knowing(world.context.cloud, [past])
  const orphans = orphansHandler(() => ({ cloud, site: world.site, leftovers, settings }))
  const findings: string[] = []
  const answers = new Map<number, number>()
  let requests = 0

  async function answer(request: IncomingMessage): Promise<APIGatewayProxyResult> {
    const body = await bodyOf(request)
    if (!request.headers.authorization) return refused(403, 'Forbidden')
    if (body.length > maxBytes) return refused(413, 'RequestTooLarge')
    const event = eventOf(request, body)
    const [calls, entries] = [world.calls.length, world.trail.length]
    const { servedBy = 'api' } =
      served.find(({ method, path }) => method === event.httpMethod && path === event.resource) ?? {}
    const handler = { api, preflight, orphans }[servedBy]
    // Each has an id of its own: an entry of the trail that comes twice is one.
    const awsRequestId = `fuzz-${++requests}`
    const result = (await handler(event, { awsRequestId } as Context)) as APIGatewayProxyResult
    const written = world.calls.slice(calls).filter(({ name }) => !reading.test(name))
    const what = `${event.httpMethod} ${event.path} ${JSON.stringify(event.multiValueQueryStringParameters)}`
    if (result.statusCode >= 400 && written.length > 0)
      findings.push(
        `${what} was refused (${result.statusCode}) and wrote: ${written.map(({ name }) => name)}`,
      )
    if (result.statusCode >= 500) findings.push(`${what} failed (${result.statusCode}): ${result.body}`)
    const told = world.trail.length - entries
    if (told !== (isAudited(event) ? 1 : 0)) findings.push(`${what} has ${told} entries in the audit trail`)
    if (result.statusCode >= 400 && traces.test(result.body))
      findings.push(`${what} told where it failed: ${result.body}`)
    // What was asked for becomes true, so that later requests meet clusters of every kind.
    if (result.statusCode === 202 || (result.statusCode === 200 && written.length > 0))
      await world.advance(200)
    return result
  }

  const server = createServer({ maxHeaderSize: 64 * 1024 }, async (request, response) => {
    const result = await answer(request).catch((error) => {
      findings.push(`${request.method} ${request.url} threw ${error.stack}`)
      return refused(502, 'Internal')
    })
    answers.set(result.statusCode, (answers.get(result.statusCode) ?? 0) + 1)
    send(response, result)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, findings, answers, close: () => void server.close() }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function send(response: ServerResponse, { statusCode, headers, body }: APIGatewayProxyResult): void {
  response.writeHead(statusCode, headers as Record<string, string>)
  response.end(body)
}

/** API Gateway's own refusals, as lib/gateway-answers.ts words them. */
function refused(statusCode: number, code: string): APIGatewayProxyResult {
  const body: ErrorBody = { code, message: 'Refused by the gateway.', requestId: 'fuzz' }
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

function eventOf(request: IncomingMessage, body: Buffer): APIGatewayProxyEvent {
  const [path = '/', search = ''] = (request.url ?? '/').split(/\?(.*)/s)
  const query = new URLSearchParams(search)
  const resource = paths.find((one) => pathParameters(one, path)) ?? '/{proxy+}'
  const values = [...new Set(query.keys())].map((name) => [name, query.getAll(name)])
  return {
    httpMethod: request.method ?? 'GET',
    resource,
    path,
    pathParameters:
      resource === '/{proxy+}' ? { proxy: path.slice(1) } : (pathParameters(resource, path) ?? null),
    multiValueQueryStringParameters: values.length > 0 ? Object.fromEntries(values) : null,
    headers: request.headers,
    body: body.length === 0 ? null : body.toString('base64'),
    isBase64Encoded: body.length > 0,
    requestContext: { identity: { userArn: 'arn:aws:sts::1:assumed-role/fuzzer/x' } },
  } as unknown as APIGatewayProxyEvent
}

/** The values of a path's parameters, decoded; undefined where it is another path. */
function pathParameters(template: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [template.split('/'), path.split('/')]
  if (wanted.length !== given.length) return undefined
  const values: Record<string, string> = {}
  for (const [i, part] of wanted.entries()) {
    const name = /^\{(\w+)\}$/.exec(part)?.[1]
    if (name ? given[i] === '' : part !== given[i]) return undefined
    if (name) values[name] = decoded(given[i] ?? '')
  }
  return values
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
