// A client of the API, made from the contract: every route is a call with its input's and its output's type.

import { type Output, type Route, type RouteName, routes } from '../core/contract.ts'
import { AppError } from '../core/errors.ts'
import * as z from '../core/zod.ts'
import { errorOf, parseJson } from './error-answers.ts'
import { type SignedRequest, signedFetch, type Target } from './signed-fetch.ts'

// An empty schema allows no key; it must not forbid those of the other parts.
type Part<Schema> = Schema extends z.ZodMiniType
  ? string extends keyof z.input<Schema>
    ? unknown
    : z.input<Schema>
  : unknown

/** What a call takes: path, query and body together. What has a default may be left out. */
export type CallInput<R extends RouteName> = Part<(typeof routes)[R]['params']> &
  Part<(typeof routes)[R]['query']> &
  ((typeof routes)[R] extends { body: infer Body } ? Part<Body> : unknown)

export type ApiClient = {
  /** Throws an AppError with the server's code, or one for what came instead of an answer. */
  call: <R extends RouteName>(route: R, input: CallInput<R>) => Promise<Output<R>>
}

export function apiClient(target: Target): ApiClient {
  const send = signedFetch(target)
  return {
    async call<R extends RouteName>(name: R, input: CallInput<R>) {
      const route: Route = routes[name]
      const response = await send(requestOf(route, input as Record<string, unknown>))
      const text = await response.text()
      if (response.status < 200 || response.status > 299) throw errorOf(response, text)
      return checked(name, route, parseJson(text)) as Output<R>
    },
  }
}

/** Values that are undefined are left out. */
function requestOf(route: Route, input: Record<string, unknown>): SignedRequest {
  const params = route.params.safeParse(pick(route.params, input))
  // Here already, because "" or ".." would make another path of it.
  if (!params.success) throw invalid(params.error)
  const path = route.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(input[name])))
  const query = Object.entries(pick(route.query, input)).map(([key, value]) => [key, String(value)])
  return {
    method: route.method,
    path,
    query: Object.fromEntries(query),
    body: route.body && JSON.stringify(pick(route.body, input)),
  }
}

function pick(schema: z.ZodMiniType, input: Record<string, unknown>): Record<string, unknown> {
  const keys = schema instanceof z.ZodMiniObject ? Object.keys(schema.shape) : []
  return Object.fromEntries(keys.filter((key) => input[key] !== undefined).map((key) => [key, input[key]]))
}

function invalid({ issues }: z.core.$ZodError): AppError {
  const details = issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  return new AppError('InvalidRequest', details.map(({ path, message }) => `${path} ${message}`).join('; '), {
    details,
  })
}

/** The answer as it came, with fields that only a newer service has, once it is known to be what we take it for. */
function checked(name: RouteName, route: Route, answer: unknown): unknown {
  const { success, error } = route.output.safeParse(answer)
  if (success) return answer
  const { path = [], message } = error.issues[0] ?? { message: 'unknown' }
  const where = path.length > 0 ? ` at ${path.join('.')}` : ''
  throw new AppError(
    'Internal',
    `The answer to ${name} is not as the contract says${where}: ${message}. Is this the API's URL, and is the service of another version?`,
  )
}
