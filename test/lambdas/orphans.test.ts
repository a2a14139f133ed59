// The sweeper's two doors: an answer to who asks, and log, metric and a failed call where nobody does.
import type { APIGatewayProxyResult, Context } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import { type OrphanKind, type OrphanSettings, orphanKinds } from '../../core/orphans/report.ts'
import { orphansHandler } from '../../lambdas/middleware/orphans-handler.ts'
import { anAccount, aThing, knowing, pastOf } from '../core/orphans/leftovers.ts'
import { makeWorld, unavailable, type World } from '../world.ts'
import { door } from './events.ts'
import { caughtLog, caughtMetrics } from './log.ts'

const warned = caughtLog()
const printed = caughtMetrics()
const context = { awsRequestId: 'request-1' } as Context
const past = pastOf('past', Date.parse('2026-07-30T00:00:00Z'))
const scheduled = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }

function aDoor(sweep: OrphanSettings['sweep'], more: OrphanKind[] = []) {
  const world = makeWorld()
  const { account, leftovers } = anAccount(
    (['fileSystem', 'secret', ...more] as const).map((kind) => aThing(kind, past)),
  )
  const cloud = knowing(world.context.cloud, [past])
  const settings = { sweep, kinds: [...orphanKinds] }
  const handler = orphansHandler(() => ({ cloud, site: world.site, leftovers, settings }))
  const ask = async (httpMethod: string, olderThanHours?: string) => {
    const query = olderThanHours === undefined ? null : { olderThanHours: [olderThanHours] }
    const path = '/v1/orphans'
    const identity = { userArn: 'arn:aws:sts::1:assumed-role/workflow/x', sourceIp: '10.1.2.3' }
    const event = {
      ...{ httpMethod, resource: path, path, multiValueQueryStringParameters: query },
      requestContext: { identity },
    }
    const { statusCode, body } = (await handler(event, context)) as APIGatewayProxyResult
    return { status: statusCode, body: JSON.parse(body) }
  }
  return { account, ask, world, unasked: () => handler(scheduled, context) }
}
const outcomes = ({ body }: { body: { orphans: { kind: string; outcome: string }[] } }) =>
  body.orphans.map(({ kind, outcome }) => [kind, outcome])
const lines = () => [...printed, ...warned].map((line) => JSON.parse(line))
const count = () => lines().find((line) => 'Orphans' in line)?.Orphans

describe('asked by the API', () => {
  it('GET tells, and deletes nothing', async () => {
    const { account, ask } = aDoor('delete')
    const answer = await ask('GET')
    expect(answer).toMatchObject({ status: 200, body: { site: 'test', olderThanHours: 24, unseen: [] } })
    expect(outcomes(answer)).toEqual([
      ['fileSystem', 'found'],
      ['secret', 'found'],
    ])
    expect(account.removed).toEqual([])
  })

  it('DELETE deletes all of it, and each is a line in the log', async () => {
    const { account, ask } = aDoor('delete')
    expect(outcomes(await ask('DELETE'))).toEqual([
      ['fileSystem', 'deleted'],
      ['secret', 'deleted'],
    ])
    expect(account.things).toEqual([])
    const told = lines().filter(({ message }) => message === 'orphan')
    expect(told.map(({ kind, outcome, deployment }) => [kind, outcome, deployment])).toEqual([
      ['fileSystem', 'deleted', past.deploymentId],
      ['secret', 'deleted', past.deploymentId],
    ])
  })

  it('DELETE is refused where the environment only reports', async () => {
    const { account, ask } = aDoor('report')
    expect(await ask('DELETE')).toMatchObject({ status: 409, body: { code: 'ReportOnly' } })
    expect((await ask('GET')).body.orphans).toHaveLength(2)
    expect((await aDoor('report', ['slot']).ask('GET')).body.orphans).toHaveLength(3)
    expect(account.removed).toEqual([])
  })

  it.each(['1', '0', '-5', '2.5', 'all', ''])('refuses the age limit %j', async (limit) => {
    expect(await aDoor('delete').ask('DELETE', limit)).toMatchObject({
      status: 400,
      body: { code: 'InvalidRequest' },
    })
  })

  it('leaves alone what is younger than the limit', async () => {
    expect((await aDoor('delete').ask('DELETE', '72')).body).toMatchObject({
      olderThanHours: 72,
      orphans: [],
    })
  })
})

describe('the audit trail', () => {
  const entry = {
    ...{ verb: 'deleteOrphans', caller: 'arn:aws:sts::1:assumed-role/workflow/x', sourceIp: '10.1.2.3' },
    ...{ requestId: 'request-1', cluster: null, dry: false },
  }
  const shown = async ({ context }: World) =>
    (await door({ context })({ resource: '/v1/audit' })).body.entries

  it('has who deleted, as GET /v1/audit shows, and nothing of who only looked', async () => {
    const { ask, world } = aDoor('delete')
    await ask('GET')
    expect(await shown(world)).toEqual([])
    await ask('DELETE', '48')
    expect(await shown(world)).toMatchObject([
      { ...entry, status: 200, code: null, wish: { olderThanHours: 48 } },
    ])
  })

  it.each([
    ['where the environment only reports', 'report', '24', { status: 409, code: 'ReportOnly' }],
    ['by a wrong age', 'delete', '1', { status: 400, code: 'InvalidRequest', wish: {} }],
  ] as const)('has who was refused %s', async (_, sweep, hours, result) => {
    const { ask, world } = aDoor(sweep)
    await ask('DELETE', hours)
    expect(await shown(world)).toMatchObject([{ ...entry, ...result }])
  })

  it('is written before anything is deleted, and where it cannot be, nothing is', async () => {
    const { account, ask, world } = aDoor('delete')
    world.fault = ({ name }) => (name === 'addAudit' ? { when: 'before', error: unavailable() } : undefined)
    expect((await ask('DELETE')).status).toBe(503)
    expect(account.removed).toEqual([])
    world.fault = () => undefined
    const before: number[] = []
    account.meanwhile = async () => void before.push(world.trail.length)
    await ask('DELETE')
    expect(before).toEqual([1, 1])
    expect(world.trail).toHaveLength(1)
  })

  it('has nothing of the schedule, which nobody asked for', async () => {
    const { unasked, world } = aDoor('delete')
    await unasked()
    expect(world.trail).toEqual([])
  })
})

describe('unasked', () => {
  it('tells by the log and a metric, and deletes nothing by default', async () => {
    const { account, unasked } = aDoor('report')
    await unasked()
    expect(account.removed).toEqual([])
    expect(count()).toBe(2)
    expect(lines()).toContainEqual(expect.objectContaining({ message: 'orphans', found: 2, left: 2 }))
  })

  it('gives back a slot whose subnet is gone by default too, as nothing is deleted by that', async () => {
    const { account, unasked } = aDoor('report', ['slot'])
    await unasked()
    expect(account.things.map(({ kind }) => kind)).toEqual(['fileSystem', 'secret'])
    expect(count()).toBe(2)
  })

  it.each(['subnet', 'stack', 'parallelClusterStack'] as const)(
    'keeps a slot while its %s is there',
    async (kind) => {
      const { account, unasked } = aDoor('report', [kind, 'slot'])
      await unasked()
      expect(account.removed).toEqual([])
      expect(count()).toBe(4)
    },
  )

  it('deletes where the environment says so, and counts what is left', async () => {
    const { account, unasked } = aDoor('delete')
    await unasked()
    expect(account.things.map(({ kind }) => kind)).toEqual(['fileSystem'])
    expect(count()).toBe(1)
  })

  it('fails where it could not look, which an alarm hears', async () => {
    const { account, unasked } = aDoor('delete')
    account.refuses = (what, kind) => (what === 'find' && kind === 'policy' ? new Error('denied') : undefined)
    await expect(unasked()).rejects.toThrow('Could not look at policy.')
    expect(account.removed).toEqual([])
  })
})
