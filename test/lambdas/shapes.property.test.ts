// Events of any shape, at every door: an answer or a clear refusal, never a failure of ours, and nothing is written for it.

import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context, SQSEvent } from 'aws-lambda'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventOfImage } from '../../aws/table-stream.ts'
import { AccountingRequest, UsageRequest } from '../../core/accounting/request.ts'
import type { Message } from '../../core/cloud.ts'
import { type Route, routes } from '../../core/contract.ts'
import { ErrorBody } from '../../core/error-body.ts'
import { stackName } from '../../core/names.ts'
import { reconcile } from '../../core/reconcile/reconcile.ts'
import { verbs } from '../../core/verbs/index.ts'
import * as z from '../../core/zod.ts'
import { withAudit } from '../../lambdas/middleware/audit.ts'
import { databaseHandler } from '../../lambdas/middleware/database-handler.ts'
import { httpHandler } from '../../lambdas/middleware/http-handler.ts'
import { queueHandler } from '../../lambdas/middleware/queue-handler.ts'
import { streamHandler } from '../../lambdas/middleware/stream-handler.ts'
import { accountingSite } from '../core/samples.ts'
import { hostileJson, hostileText } from '../hostile.ts'
import { isEmpty } from '../invariants.ts'
import { makeWorld, type World } from '../world.ts'
import { caughtLog } from './log.ts'

const log = caughtLog()
const lambda = { awsRequestId: 'request-1' } as Context
const traces = /\n\s+at |node:internal|\.ts:\d+/
// What only reads, and the entry of who asked: a request that is refused may have looked, and no more.
const isWrite = ({ name }: World['calls'][number]) =>
  !/^(get|list|read|count|zonesOffering|addAudit)/.test(name)
const isUntouched = (world: World) =>
  isEmpty(world) && world.queue.length === 0 && world.calls.filter(isWrite).length === 0

const isOneLine = (text: string) => [...text].every((character) => character >= ' ')

/** Each line of the log is one JSON object of ours, whatever was in the event. */
const expectOwnLines = () => {
  for (const line of log.join('').split('\n').filter(Boolean))
    expect(JSON.parse(line)).toMatchObject({
      service: 'hpc-provisioner',
      level: expect.stringMatching(/^[A-Z]+$/),
    })
  log.length = 0
}

const all = Object.values<Route>(routes)
const resource = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...all.map(({ path }) => path), '/{proxy+}', '/') },
  hostileText,
)
const method = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE') },
  fc.constantFrom('PUT', 'OPTIONS', 'HEAD', 'TRACE', '', 'get'),
  hostileText,
)
const known = [
  'dryRun',
  'limit',
  'cursor',
  'virtualLab',
  'status',
  'vlab_id',
  'project_id',
  'tier',
  'from',
  'to',
]
const name = fc.oneof(fc.constantFrom(...known), hostileText)
const value = fc.oneof(fc.constantFrom('true', 'false', '1', '-1', '1e3', 'a', '2026-11-22'), hostileText)
const query = fc.option(
  fc.dictionary(
    name,
    fc.oneof(
      { weight: 8, arbitrary: fc.array(value, { maxLength: 3 }) },
      fc.constantFrom(null as never, undefined as never),
    ),
    { maxKeys: 4 },
  ),
)
const asText = (given: unknown) => (typeof given === 'string' ? given : JSON.stringify(given))
const wish = fc.record(
  { virtualLab: hostileText, project: hostileText, tier: hostileText, resources: hostileJson },
  { requiredKeys: [] },
)
const body = fc.oneof(
  fc.constantFrom(null, '', '{', '"', '\ufeff{}', '[]'),
  fc.oneof(wish, hostileJson).map(asText),
  fc.oneof(wish, hostileJson).map((given) => Buffer.from(asText(given)).toString('base64')),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64')),
)
const event = fc.record(
  {
    httpMethod: method,
    resource,
    path: hostileText,
    pathParameters: fc.option(fc.dictionary(fc.constantFrom('name', 'proxy', '__proto__'), hostileText)),
    multiValueQueryStringParameters: query,
    headers: fc.option(fc.dictionary(hostileText, hostileText)),
    body,
    isBase64Encoded: fc.constantFrom(true, false),
    requestContext: fc.constantFrom(
      undefined,
      null,
      {},
      { identity: null },
      { identity: { userArn: 'arn:aws:sts::1:assumed-role/a/b\n{"level":"ERROR"}' } },
    ),
  },
  { requiredKeys: ['httpMethod', 'resource'] },
)

describe('a request', () => {
  it('of any shape is answered, never by a failure, and writes nothing that was refused', async () => {
    const seen = new Set<number>()
    await fc.assert(
      fc.asyncProperty(event, async (given) => {
        const world = makeWorld(accountingSite())
        const handler = httpHandler(() => world.context, verbs, withAudit)
        const answer = (await handler(
          given as unknown as APIGatewayProxyEvent,
          lambda,
        )) as APIGatewayProxyResult
        seen.add(answer.statusCode)
        expect([answer.statusCode, answer.body].join(' ')).not.toMatch(/^5/)
        if (answer.statusCode >= 400) {
          const parsed = z.strictObject(ErrorBody.shape).parse(JSON.parse(answer.body))
          // Told as a value and not taken for structure: no control character leaves but in JSON's own escapes.
          expect(isOneLine(answer.body)).toBe(true)
          expect(parsed.message).not.toMatch(traces)
          expect(isUntouched(world)).toBe(true)
        }
        for (const header of Object.values(answer.headers ?? {})) expect(isOneLine(String(header))).toBe(true)
        expectOwnLines()
      }),
      { numRuns: 1500 },
    )
    expect([...seen].sort()).toEqual(expect.arrayContaining([200, 400, 404, 405]))
  })
})

const messageBody = fc.oneof(
  hostileText,
  hostileJson.map(asText),
  fc
    .record({ name: hostileText, deploymentId: hostileText, requestedAt: hostileText, prompt: hostileJson })
    .map(asText),
  fc.tuple(hostileText, hostileText).map(([own, rest]) =>
    JSON.stringify({
      source: 'aws.cloudformation',
      detail: { 'stack-id': `arn:aws:cloudformation:eu-west-1:1:stack/hpc-${own}${rest}/0b7e` },
    }),
  ),
)
const safe = { name: /^hpc-[a-z0-9-]{1,36}$/, deploymentId: /^[0-9a-z]{26}$/ }

describe('a message', () => {
  it('of any text is dropped, or names a cluster as ours are named', async () => {
    await fc.assert(
      fc.asyncProperty(messageBody, async (text) => {
        const seen: Message[] = []
        const handler = queueHandler(
          () => makeWorld().context,
          async (_, message) => void seen.push(message),
        )
        await handler({ Records: [{ body: text, messageId: 'm' }] } as SQSEvent, lambda)
        for (const message of seen) {
          expect(message.name).toMatch(safe.name)
          expect(message.deploymentId).toMatch(safe.deploymentId)
        }
        expectOwnLines()
      }),
      { numRuns: 500 },
    )
  })

  it('in which a stack’s name goes on with something else names nobody', async () => {
    const deployment = { name: 'hpc-a-0123456789abcde', deploymentId: '01k0abcdefghjkmnpqrstvwxyz' }
    const passes = async (stackId: string) => {
      let times = 0
      const handler = queueHandler(
        () => makeWorld().context,
        async () => void times++,
      )
      const text = JSON.stringify({ detail: { 'stack-id': stackId } })
      await handler({ Records: [{ body: text, messageId: 'm' }] } as SQSEvent, lambda)
      return times
    }
    const arn = (stack: string) => `arn:aws:cloudformation:eu-west-1:1:stack/${stack}/0b7e`
    expect(await passes(arn(stackName(deployment)))).toBe(1)
    await fc.assert(
      fc.asyncProperty(
        hostileText.filter((text) => text !== ''),
        async (text) => {
          expect(await passes(arn(`${stackName(deployment)}${text}`))).toBe(0)
        },
      ),
    )
  })

  it('about a cluster that there never was leads to nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record(
          {
            name: fc.stringMatching(safe.name),
            deploymentId: fc.stringMatching(safe.deploymentId),
            prompt: fc.boolean(),
          },
          { requiredKeys: ['name', 'deploymentId'] },
        ),
        async (message) => {
          const world = makeWorld()
          const handler = queueHandler(() => world.context, reconcile)
          await handler({ Records: [{ body: JSON.stringify(message), messageId: 'm' }] } as SQSEvent, lambda)
          expect(isUntouched(world)).toBe(true)
        },
      ),
    )
  })
})

// DynamoDB's types, with values that may fit them or not.
const attribute = fc.oneof(
  hostileText.map((S) => ({ S })),
  fc.constantFrom<object>(
    { N: '1' },
    { N: 'x' },
    { NULL: true },
    { BOOL: false },
    { L: [] },
    { M: {} },
    {},
    { X: 1 },
  ),
)
const image = fc.option(
  fc.dictionary(fc.oneof(fc.constantFrom('cluster', 'id', 'type', 'at'), hostileText), attribute),
  {
    nil: undefined,
  },
)

describe('a record of the stream', () => {
  it('of any shape tells nothing, and holds up none behind it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(image, { maxLength: 3 }), async (images) => {
        const world = makeWorld()
        const Records = images.map((NewImage) => ({ eventName: 'INSERT', dynamodb: { NewImage } }))
        await streamHandler(() => world.context)({ Records } as never, lambda)
        expect(world.published).toEqual([])
        for (const one of images) expect(eventOfImage(one as never)).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })
})

describe('a direct call of the accounting functions', () => {
  it.each([
    ['accounting', AccountingRequest],
    ['usage', UsageRequest],
  ] as const)(
    '%s that is not as it should be is refused before the database hears of it',
    async (_, schema) => {
      const fields = fc.record(
        {
          do: fc.constantFrom('prepare', 'remove', 'drop'),
          ...{ name: hostileText, virtualLab: hostileText, project: hostileText, deploymentId: hostileText },
          ...{ from: hostileText, to: hostileText, limit: hostileJson, cursor: hostileJson },
        },
        { requiredKeys: [] },
      )
      await fc.assert(
        fc.asyncProperty(fc.oneof(fields, hostileJson), async (given) => {
          let worked = 0
          const handler = databaseHandler(schema, async () => {
            worked++
            return {}
          })
          await expect(handler(given, lambda)).rejects.toBeInstanceOf(z.core.$ZodError)
          expect(worked).toBe(0)
        }),
        { numRuns: 300 },
      )
    },
  )
})
