// From API Gateway's event to a route's input. Throws `InvalidRequest` naming every field that is wrong.
import type { APIGatewayProxyEvent } from 'aws-lambda'
import type { Route } from '../../core/contract.ts'
import { AppError, type ErrorDetail } from '../../core/errors.ts'
import type { z } from '../../core/zod.ts'

/** Far more than any wish or configuration needs. API Gateway itself takes 10 MB (its quotas, "Payload size"). */
export const maxBodyBytes = 64 * 1024

export function parseRequest(route: Route, event: APIGatewayProxyEvent): Record<string, unknown> {
  const details: ErrorDetail[] = []
  const parse = (schema: z.ZodMiniType, value: unknown) => {
    const { success, data, error } = schema.safeParse(value)
    if (!success) details.push(...error.issues.flatMap(toDetails))
    return (data ?? {}) as Record<string, unknown>
  }
  const input = {
    ...parse(route.params, event.pathParameters ?? {}),
    ...parse(route.query, queryOf(event, details)),
    ...(route.body ? parse(route.body, route.textBody ? { text: textOf(event) } : jsonOf(event)) : {}),
  }
  if (details.length > 0) throw invalid(details)
  return input
}

/** As many as people read: a body can have thousands, and an answer of them all would be many times its size. */
const mostDetails = 50

function invalid(all: ErrorDetail[]): AppError {
  const details = all.slice(0, mostDetails)
  const more = all.length > mostDetails ? `; and ${all.length - mostDetails} more` : ''
  const message = details.map(({ path, message }) => `${path}: ${message}`).join('; ')
  return new AppError('InvalidRequest', `${message}${more}`, { details })
}

function toDetails(issue: z.core.$ZodIssue): ErrorDetail[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: key.slice(0, 64), message: 'is not a field of this request' }))
  return [{ path: issue.path.join('.') || 'body', message: issue.message }]
}

// fromEntries, because an assignment to `__proto__` would make no key that the schema could refuse.
const queryOf = ({ multiValueQueryStringParameters }: APIGatewayProxyEvent, details: ErrorDetail[]) =>
  Object.fromEntries(
    Object.entries(multiValueQueryStringParameters ?? {}).map(([name, given]) => {
      const values = given ?? []
      if (values.length > 1) details.push({ path: name.slice(0, 64), message: 'must be given once' })
      return [name, values[0] ?? '']
    }),
  )

function textOf({ body, isBase64Encoded }: APIGatewayProxyEvent): string {
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8')
  if (bytes.length > maxBodyBytes) throw tooLarge(bytes.length)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw badBody('must be text in UTF-8')
  }
}

function jsonOf(event: APIGatewayProxyEvent): unknown {
  const text = textOf(event)
  try {
    return JSON.parse(text)
  } catch {
    throw badBody('must be a JSON object')
  }
}

const tooLarge = (bytes: number): AppError =>
  new AppError(
    'RequestTooLarge',
    `The body has ${bytes} bytes; it must be at most ${maxBodyBytes / 1024} KiB.`,
    { details: [{ path: 'body', message: `must be at most ${maxBodyBytes / 1024} KiB` }] },
  )

const badBody = (message: string): AppError =>
  new AppError('InvalidRequest', `The body ${message}.`, { details: [{ path: 'body', message }] })
