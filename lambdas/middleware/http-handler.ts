// The one place where requests become inputs, and answers and errors become HTTP.
import middy from '@middy/core'
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context as LambdaContext } from 'aws-lambda'
import type { Input, Output, Route, RouteName } from '../../core/contract.ts'
import type { ErrorBody } from '../../core/error-body.ts'
import { AppError, errorCodes, isAppError } from '../../core/errors.ts'
import { readRoutes } from '../../core/read-routes.ts'
import { logger } from './logger.ts'
import { parseRequest } from './request.ts'

/** The contract: a cold start reads what its first requests are likely for, and the rest with the first request for that. */
const contract = async (): Promise<Routes> => (await import('../../core/contract.ts')).routes

type Routes = Partial<Record<RouteName, Route>>

/** What answers routes: all of the API's, or those of a function beside it. */
type Verbs<C> = { [R in RouteName]?: (context: C, input: Input<R>) => Promise<Output<R>> }

/** What is asked, as far as API Gateway tells it. */
export type Call = { name: RouteName; route: Route; event: APIGatewayProxyEvent; requestId: string }
export type Fields = Record<string, unknown>
/** Carries out a call of a route that is audited. */
export type Carry<C> = (
  context: C,
  call: Call,
  parse: () => Fields,
  verb: (context: C, input: Fields) => Promise<unknown>,
) => Promise<unknown>

/** The verbs as one handler; the context is made with the first request, so that loading the module costs nothing. */
export function httpHandler<C>(makeContext: () => C, verbs: Verbs<C>, withAudit?: Carry<C>) {
  let context: C | undefined
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult, Error, LambdaContext>()
    .before(({ context: { awsRequestId } }) => {
      logger.keep({ requestId: awsRequestId })
    })
    .after(({ event, response }) => {
      logger.info('request', { ...called(event), status: response?.statusCode })
    })
    .onError(async (request) => {
      request.response = await failed(request.event, request.error as Error, request.context.awsRequestId)
    })
    .handler(async (event, { awsRequestId: requestId }) => {
      const { name, route } = await routeOf(event)
      context ??= makeContext()
      const verb = verbs[name] as ((context: C, input: Fields) => Promise<unknown>) | undefined
      if (!verb) throw noRoute(event.path)
      if (route.audited && !withAudit) throw new Error(`Nobody writes down who asks for ${name}.`)
      const parse = () => parseRequest(route, event)
      const answer =
        route.audited && withAudit
          ? await withAudit(context, { name, route, event, requestId }, parse, verb)
          : await verb(context, parse())
      // Through the schema, so that a field which it does not declare cannot leave.
      return json(route.status, route.output.parse(answer))
    })
}

const called = ({ httpMethod, resource, requestContext }: APIGatewayProxyEvent) => ({
  method: httpMethod,
  route: resource,
  caller: requestContext?.identity?.userArn ?? undefined,
})

type Asked = Pick<Call, 'name' | 'route'>

/** Throws `RouteNotFound` or `MethodNotAllowed`. */
async function routeOf(event: APIGatewayProxyEvent): Promise<Asked> {
  const found = routeAmong(readRoutes, event) ?? routeAmong(await contract(), event)
  if (found) return found
  const { httpMethod, resource, path } = event
  const methods = await methodsOf(resource)
  if (methods === '') throw noRoute(path)
  throw new AppError('MethodNotAllowed', `${resource} takes ${methods}, not ${httpMethod}.`)
}

function routeAmong(routes: Routes, event: APIGatewayProxyEvent): Asked | undefined {
  const { httpMethod, resource, multiValueQueryStringParameters: query } = event
  const there = Object.entries(routes).filter(
    ([, { method, path }]) => method === httpMethod && path === resource,
  )
  const isDryRun = query?.dryRun !== undefined && query.dryRun?.[0] !== 'false'
  const dryRun = isDryRun ? there.find(([, { dryRunOf }]) => dryRunOf) : undefined
  const [name, route] = dryRun ?? there.find(([, { dryRunOf }]) => !dryRunOf) ?? []
  return route && { name: name as RouteName, route }
}

/** As the Allow header has them, which RFC 9110 asks of every 405; empty for no path of ours. */
async function methodsOf(resource: string): Promise<string> {
  const there = Object.values(await contract()).filter(({ path }) => path === resource)
  return [...new Set(there.map(({ method }) => method))].join(', ')
}

const noRoute = (path: string): AppError =>
  new AppError('RouteNotFound', `There is no path ${path}. GET /v1/openapi.json describes those that are.`)

async function failed(
  event: APIGatewayProxyEvent,
  error: Error,
  requestId: string,
): Promise<APIGatewayProxyResult> {
  const { code, message, details, retryAfterSeconds } = isAppError(error)
    ? error
    : new AppError('Internal', `The service failed. Ask its operators about request ${requestId}.`)
  const { status } = errorCodes[code]
  const write = status >= 500 ? logger.error : logger.info
  write('request failed', { ...called(event), status, code, ...(status >= 500 ? { error } : {}) })
  const body: ErrorBody = { code, message, requestId, ...(details ? { details } : {}) }
  return json(status, body, {
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    ...(code === 'MethodNotAllowed' ? { allow: await methodsOf(event.resource) } : {}),
  })
}

const json = (
  statusCode: number,
  body: unknown,
  headers: Record<string, string> = {},
): APIGatewayProxyResult => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(body),
})
