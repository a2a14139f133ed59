// The one place where requests become inputs, and answers and errors become HTTP.
import middy from '@middy/core'
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context as LambdaContext } from 'aws-lambda'
import type { ErrorBody } from '../../core/answers.ts'
import { type Input, type Output, type Route, type RouteName, routes } from '../../core/contract.ts'
import { AppError, errorCodes, isAppError } from '../../core/errors.ts'
import { logger } from './logger.ts'
import { parseRequest } from './request.ts'

const all = Object.entries<Route>(routes) as [RouteName, Route][]
const byMethodAndPath = new Map(
  all.filter(([, { dryRunOf }]) => !dryRunOf).map(([name, route]) => [`${route.method} ${route.path}`, name]),
)
const dryRuns = new Map(all.flatMap(([name, { dryRunOf }]) => (dryRunOf ? [[dryRunOf, name] as const] : [])))

/** What answers routes: all of the API's, or those of a function beside it. */
type Verbs<C> = { [R in RouteName]?: (context: C, input: Input<R>) => Promise<Output<R>> }

/** What is asked, as far as API Gateway tells it. */
export type Call = { name: RouteName; event: APIGatewayProxyEvent; requestId: string }
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
  const unaudited = all.filter(([name, { audited }]) => audited && name in verbs && !withAudit)
  if (unaudited.length > 0)
    throw new Error(`Nobody writes down who asks for ${unaudited.map(([name]) => name).join(', ')}.`)
  let context: C | undefined
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult, Error, LambdaContext>()
    .before(({ context: { awsRequestId } }) => {
      logger.resetKeys()
      logger.appendKeys({ requestId: awsRequestId })
    })
    .after(({ event, response }) => {
      logger.info('request', { ...called(event), status: response?.statusCode })
    })
    .onError((request) => {
      request.response = failed(request.event, request.error as Error, request.context.awsRequestId)
    })
    .handler(async (event, { awsRequestId: requestId }) => {
      const name = routeOf(event)
      const route: Route = routes[name]
      context ??= makeContext()
      const verb = verbs[name] as ((context: C, input: Fields) => Promise<unknown>) | undefined
      if (!verb) throw noRoute(event.path)
      const parse = () => parseRequest(route, event)
      const answer =
        route.audited && withAudit
          ? await withAudit(context, { name, event, requestId }, parse, verb)
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

/** Throws `RouteNotFound` or `MethodNotAllowed`. */
function routeOf({
  httpMethod,
  resource,
  path,
  multiValueQueryStringParameters: query,
}: APIGatewayProxyEvent): RouteName {
  const name = byMethodAndPath.get(`${httpMethod} ${resource}`)
  const isDryRun = query?.dryRun !== undefined && query.dryRun?.[0] !== 'false'
  if (name) return (isDryRun && dryRuns.get(name)) || name
  const methods = methodsOf(resource)
  if (methods === '') throw noRoute(path)
  throw new AppError('MethodNotAllowed', `${resource} takes ${methods}, not ${httpMethod}.`)
}

/** As the Allow header has them, which RFC 9110 asks of every 405; empty for no path of ours. */
function methodsOf(resource: string): string {
  const there = Object.values<Route>(routes).filter(({ path }) => path === resource)
  return [...new Set(there.map(({ method }) => method))].join(', ')
}

const noRoute = (path: string): AppError =>
  new AppError('RouteNotFound', `There is no path ${path}. GET /v1/openapi.json describes those that are.`)

function failed(event: APIGatewayProxyEvent, error: Error, requestId: string): APIGatewayProxyResult {
  const { code, message, details, retryAfterSeconds } = isAppError(error)
    ? error
    : new AppError('Internal', `The service failed. Ask its operators about request ${requestId}.`)
  const { status } = errorCodes[code]
  const write = status >= 500 ? logger.error.bind(logger) : logger.info.bind(logger)
  write('request failed', { ...called(event), status, code, ...(status >= 500 ? { error } : {}) })
  const body: ErrorBody = { code, message, requestId, ...(details ? { details } : {}) }
  return json(status, body, {
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    ...(code === 'MethodNotAllowed' ? { allow: methodsOf(event.resource) } : {}),
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
