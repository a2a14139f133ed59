// Preflight's two doors: an answer to who asks, and a failed call, which the alarm hears, where nobody does.
import type { APIGatewayProxyResult, Context } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import type { Facts } from '../../core/preflight/questions.ts'
import type { CheckName } from '../../core/preflight/report.ts'
import { preflightHandler } from '../../lambdas/middleware/preflight-handler.ts'
import { aPlace, look } from '../core/preflight/account.ts'
import { caughtLog } from './log.ts'

type Broken = { [C in CheckName]?: Facts[C] | Error }
const log = caughtLog()
const handlerOver = (facts: Broken) =>
  preflightHandler(
    () => aPlace(),
    (place) => look(facts, place),
  )
const context = { awsRequestId: 'request-1' } as Context
const asked = async (facts: Broken, resource = '/v1/preflight', httpMethod = 'GET') => {
  const answer = await handlerOver(facts)({ httpMethod, resource, path: resource }, context)
  const { statusCode, body } = answer as APIGatewayProxyResult
  return { status: statusCode, body: JSON.parse(body) }
}
const scheduled = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }

describe('asked by the API', () => {
  it('answers the report, whatever it found', async () => {
    expect(await asked({})).toMatchObject({ status: 200, body: { passed: true, findings: [] } })
    expect(await asked({ slots: { taken: 256 } })).toMatchObject({
      status: 200,
      body: { passed: false, findings: [{ level: 'ERROR', code: 'NoSlotLeft' }] },
    })
  })

  it('serves no other route of the contract', async () => {
    expect(await asked({}, '/v1/tiers')).toMatchObject({ status: 404, body: { code: 'RouteNotFound' } })
    expect(await asked({}, '/v1/preflight', 'POST')).toMatchObject({ status: 405 })
  })
})

describe('unasked', () => {
  it('ends well where nothing is an error', async () => {
    await expect(handlerOver({ slots: { taken: 240 } })(scheduled, context)).resolves.toBeUndefined()
  })

  it('fails by an error, naming every one, after it logged them', async () => {
    const broken = { slots: { taken: 256 }, image: { found: [] }, dns: new Error('denied') }
    await expect(handlerOver(broken)(scheduled, context)).rejects.toThrow(
      'Preflight found CheckFailed, NoSlotLeft, ImageMissing.',
    )
    const lines = log.map((line) => JSON.parse(line)).filter(({ message }) => message === 'finding')
    expect(lines.map(({ level, code }) => [level, code])).toEqual(
      ['CheckFailed', 'NoSlotLeft', 'ImageMissing'].map((code) => ['ERROR', code]),
    )
    expect(lines[0]).toMatchObject({ detail: 'Could not look: denied', action: expect.any(String) })
    expect(lines[1].detail).toContain('256')
    expect(log.join('')).not.toContain('reserved key')
  })
})
