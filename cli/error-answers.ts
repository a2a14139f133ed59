// From an HTTP answer that is no success to the error that it tells: ours, API Gateway's, or a proxy's page of HTML.

import { ErrorBody } from '../core/error-body.ts'
import { AppError, type ErrorCode, errorCodes } from '../core/errors.ts'
import * as z from '../core/zod.ts'
import type { Refusal } from './refusal.ts'

const PartOfErrorBody = z.partial(ErrorBody)
type PartOfErrorBody = z.infer<typeof PartOfErrorBody>

export function errorOf({ status, headers }: Response, text: string): AppError {
  const retryAfterSeconds = Number(headers.get('retry-after')) || undefined
  const body = PartOfErrorBody.safeParse(parseJson(text)).data
  const requestId = body?.requestId ?? headers.get('x-amzn-requestid') ?? undefined
  const cause: Refusal = { status, ...(requestId ? { requestId } : {}) }
  return new AppError(codeOf(status, body?.code), messageOf(status, text, body), {
    cause,
    ...(body?.details ? { details: body.details } : {}),
    ...(retryAfterSeconds ? { retryAfterSeconds } : {}),
  })
}

const isErrorCode = (code: string | undefined): code is ErrorCode =>
  code !== undefined && Object.hasOwn(errorCodes, code)

// For answers that do not come from our function. A 404 with another body is no word about a cluster.
const codes: Record<number, ErrorCode> = {
  400: 'InvalidRequest',
  401: 'Forbidden',
  403: 'Forbidden',
  404: 'RouteNotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  413: 'RequestTooLarge',
  429: 'TooManyRequests',
  502: 'Unavailable',
  503: 'Unavailable',
  504: 'Unavailable',
}

const codeOf = (status: number, code: string | undefined): ErrorCode =>
  isErrorCode(code)
    ? code
    : (codes[status] ?? (status < 500 && status >= 400 ? 'InvalidRequest' : 'Internal'))

function messageOf(status: number, text: string, body: PartOfErrorBody | undefined): string {
  const { Message } = (parseJson(text) ?? {}) as { Message?: unknown }
  const message = body?.message ?? (typeof Message === 'string' ? Message : undefined)
  // Only API Gateway refuses so, whatever shape it is in; its words have a full stop of their own, or none.
  if (status === 401 || status === 403)
    return `API Gateway refused the request: ${(message ?? `HTTP ${status}`).replace(/\.$/, '')}. Check the API's URL and region, and that these credentials may call it.`
  if (body?.code && message) return isErrorCode(body.code) ? message : `${message} (${body.code})`
  if (message) return `The API answered ${status}: ${message}`
  return `The API answered ${status} and no JSON. Check its URL.`
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
