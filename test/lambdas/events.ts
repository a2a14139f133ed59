// Requests as API Gateway brings them, and the whole chain behind the door over the in-memory cloud.
import type { APIGatewayProxyEvent, Context } from 'aws-lambda'
import { verbs } from '../../core/verbs/index.ts'
import { withAudit } from '../../lambdas/middleware/audit.ts'
import { httpHandler } from '../../lambdas/middleware/http-handler.ts'
import type { World } from '../world.ts'

type Request = {
  method?: string
  resource?: string
  path?: Record<string, string>
  query?: Record<string, string | string[]>
  body?: unknown
  /** The body as it is, in place of JSON. */
  text?: string | null
  base64?: boolean
}

export const event = ({
  method = 'GET',
  resource = '/v1/clusters',
  path,
  query,
  body,
  text,
  base64,
}: Request) =>
  // As JSON brings it: also a key such as __proto__ is a key of its own.
  JSON.parse(
    JSON.stringify({
      httpMethod: method,
      resource,
      path: resource.replace(/\{(\w+)\}/g, (_, name) => path?.[name] ?? ''),
      pathParameters: path ?? null,
      body: text === undefined ? (body === undefined ? null : JSON.stringify(body)) : text,
      isBase64Encoded: base64 ?? false,
      requestContext: {
        identity: { userArn: 'arn:aws:sts::1:assumed-role/workflow/x', sourceIp: '10.1.2.3' },
      },
    }).replace(
      /\}$/,
      `,"multiValueQueryStringParameters":${
        query
          ? `{${Object.entries(query).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify([value].flat())}`)}}`
          : 'null'
      }}`,
    ),
  ) as APIGatewayProxyEvent

export type Answer = { status: number; headers: Record<string, string>; body: Record<string, unknown> }

export function door(world: Pick<World, 'context'>) {
  const handler = httpHandler(() => world.context, verbs, withAudit)
  return async (request: Request): Promise<Answer> => {
    const context = { awsRequestId: 'request-1', functionName: 'api' } as Context
    const { statusCode, headers, body } = await handler(event(request), context)
    return { status: statusCode, headers: headers as Record<string, string>, body: JSON.parse(body) }
  }
}

export const post = (body: unknown) => ({ method: 'POST', body })
export const one = (name: string, method = 'GET') => ({
  method,
  resource: '/v1/clusters/{name}',
  path: { name },
})
