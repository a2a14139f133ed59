// The API's door over the real cloud: what it refuses is in the trail, in a shape that DynamoDB takes.
import type { APIGatewayProxyEvent, Context } from 'aws-lambda'
import { beforeEach, describe, expect, it } from 'vitest'
import { verbs } from '../../core/verbs/index.ts'
import { withAudit } from '../../lambdas/middleware/audit.ts'
import { httpHandler } from '../../lambdas/middleware/http-handler.ts'
import { door, event, one, post } from '../lambdas/events.ts'
import { caughtLog } from '../lambdas/log.ts'
import { aWish } from '../wishes.ts'
import { makeWorld } from '../world.ts'
import { fakeAws } from './fake-aws.ts'
import { wrongKey } from './index-keys.ts'

const log = caughtLog()
let call: ReturnType<typeof door>
beforeEach(() => {
  const { context } = makeWorld()
  call = door({ context: { ...context, cloud: fakeAws().cloud } })
})

describe('the audit trail', () => {
  it.each([
    ['is not understood', post({ ...aWish, password: 'secret-1' }), 'InvalidRequest'],
    ['is no JSON', { method: 'POST', text: '{' }, 'InvalidRequest'],
    ['names no cluster', one('Not-A-Name', 'DELETE'), 'InvalidRequest'],
    ['asks for a tier that is not', post({ ...aWish, tier: 'none' }), 'UnknownTier'],
  ])('has a request that %s', async (_, request, code) => {
    await call(request)
    const { body } = await call({ resource: '/v1/audit' })
    expect(body.entries).toMatchObject([{ status: 400, code }])
    expect(log.join('')).not.toContain('a refusal is not in the audit trail')
  })
})

it('a signer of whom API Gateway tells nothing is unknown, and the wish is carried out', async () => {
  const { context } = makeWorld()
  const handler = httpHandler(() => ({ ...context, cloud: fakeAws().cloud }), verbs, withAudit)
  for (const identity of [{}, { userArn: null, sourceIp: null }, { userArn: '', sourceIp: '' }]) {
    const asked = { ...event(post(aWish)), requestContext: { identity } } as unknown as APIGatewayProxyEvent
    expect(await handler(asked, { awsRequestId: 'r' } as Context)).toMatchObject({ statusCode: 202 })
  }
})

describe('GET /v1/audit', () => {
  const ask = (query: Record<string, string>) => call({ resource: '/v1/audit', query })
  const mixedUp = { from: '2026-08-03T10:00:00Z', to: '2026-08-03T09:00:00Z' }

  it.each([
    { ...mixedUp },
    { ...mixedUp, cluster: 'hpc-a' },
    { ...mixedUp, caller: 'p' },
    { to: '1969-12-31', cluster: 'hpc-a' },
    { caller: '' },
  ])('by %j is refused, and no failure', async (query) => {
    const { status, body } = await ask(query)
    expect(status).toBe(400)
    expect(body.details).toMatchObject([{ path: 'caller' in query && !query.caller ? 'caller' : 'to' }])
  })

  it('takes the same moment as first and last', async () => {
    const moment = '2026-08-03T10:00:00Z'
    expect((await ask({ from: moment, to: moment, cluster: 'hpc-a' })).status).toBe(200)
    expect((await ask({ from: '2026-08-03', to: '2026-08-03' })).status).toBe(200)
    expect((await ask({ from: moment, to: '2026-08-03' })).status).toBe(200)
  })
})

describe('an item', () => {
  const entry = { day: '2026-08-01', id: '1', principal: 'p' }
  it.each([
    ['audit', entry, undefined],
    ['audit', { ...entry, cluster: null }, 'cluster of byCluster'],
    ['audit', { ...entry, cluster: '' }, 'cluster of byCluster'],
    ['audit', { ...entry, principal: '' }, 'principal of byPrincipal'],
    ['audit', { ...entry, day: '' }, 'key day'],
    ['clusters', { name: 'a', virtualLab: 'lab', wireStatus: 'CREATE_COMPLETE' }, undefined],
    ['clusters', { name: 'a', dueAt: null }, 'dueAt of byDue'],
    ['slots', { slot: 0 }, undefined],
    ['slots', { slot: '0' }, 'key slot'],
    ['events', { cluster: 'a' }, 'key id'],
  ])('of %s with %j is refused as DynamoDB does: %s', (table, item, why) => {
    const told = wrongKey(table, item)
    if (why === undefined) expect(told).toBeUndefined()
    else expect(told).toContain(why)
  })
})
