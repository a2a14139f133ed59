// Who asked for what and what became of it is on record, whatever became of it.
import type { Context } from 'aws-lambda'
import { beforeEach, describe, expect, it } from 'vitest'
import type { AuditEntry } from '../../core/audit/entry.ts'
import { type Route, routes } from '../../core/contract.ts'
import { verbs } from '../../core/verbs/index.ts'
import { httpHandler } from '../../lambdas/middleware/http-handler.ts'
import { isEmpty } from '../invariants.ts'
import { aName, aWish } from '../wishes.ts'
import { makeWorld, unavailable, type World } from '../world.ts'
import { door, event, one, post } from './events.ts'
import { caughtLog } from './log.ts'

let world: World
let call: ReturnType<typeof door>
const log = caughtLog()
const session = 'arn:aws:sts::1:assumed-role/workflow/x'
const trail = async (query: Record<string, string> = {}) => {
  const { status, body } = await call({ resource: '/v1/audit', query })
  expect(status).toBe(200)
  return body.entries as AuditEntry[]
}
const asked = async (request: object) => {
  world.calls.length = 0
  const { status } = await call(request)
  return { status, calls: world.calls.map(({ name }) => name) }
}

beforeEach(() => {
  world = makeWorld()
  call = door(world)
})

describe('the audit trail', () => {
  it('has who, what, when, the result and where from of a create, a refused one and a delete', async () => {
    const { virtualLab, project } = aWish
    await call(post({ virtualLab, project }))
    await world.advance(60)
    await call(post({ virtualLab, project, tier: 'prod-mpi' }))
    await world.advance(60)
    await call(one(aName, 'DELETE'))
    const from = { caller: session, sourceIp: '10.1.2.3', requestId: 'request-1', cluster: aName, dry: false }
    const wish = { virtualLab, project, benchmark: false }
    const entries = await trail()
    expect(entries).toMatchObject([
      { ...from, verb: 'deleteCluster', wish: {}, status: 202, code: null, at: '2026-08-01T00:02:00.000Z' },
      {
        ...from,
        verb: 'createCluster',
        wish: { ...wish, tier: 'prod-mpi' },
        status: 409,
        code: 'ClusterDiffers',
      },
      { ...from, verb: 'createCluster', wish, status: 202, code: null, at: '2026-08-01T00:00:00.000Z' },
    ])
    expect(await trail({ cluster: aName, caller: session, from: '2026-08-01', to: '2026-08-01' })).toEqual(
      entries,
    )
    expect(await trail({ caller: `${session}-of-another-day` })).toHaveLength(3)
    for (const path of ['', 'a/path/'])
      expect(await trail({ caller: `arn:aws:iam::1:role/${path}workflow` })).toHaveLength(3)
    expect(await trail({ caller: 'arn:aws:iam::2:role/workflow' })).toEqual([])
    expect(await trail({ caller: 'arn:aws:sts::1:assumed-role/else/x' })).toEqual([])
    expect(await trail({ from: '2026-08-01T00:00:30Z', to: '2026-08-01T00:01:30Z' })).toHaveLength(1)
  })

  it('has the wishes of clients of the earlier service, and no dry runs, which wish for nothing', async () => {
    const query = { vlab_id: 'lab', project_id: 'p' }
    await call({ method: 'POST', resource: '/hpc-provisioner/pcluster', query })
    await call({ method: 'DELETE', resource: '/hpc-provisioner/pcluster', query })
    await call({ ...post(aWish), query: { dryRun: 'true' } })
    const entries = (await trail()).map(({ verb, cluster, status }) => ({ verb, cluster, status }))
    const cluster = expect.stringMatching(/^hpc-p-/)
    expect(entries.sort((a, b) => (a.verb < b.verb ? -1 : 1))).toEqual([
      { verb: 'pclusterCreate', cluster, status: 200 },
      { verb: 'pclusterDelete', cluster, status: 200 },
    ])
  })

  it('has a request that nobody understands, and none of what it said', async () => {
    await call({ method: 'POST', text: '{"privateKey":"-----BEGIN OPENSSH PRIVATE KEY-----"' })
    await world.advance(1)
    await call(post({ ...aWish, password: 'secret-1' }))
    const entries = await trail()
    expect(entries).toMatchObject([
      { status: 400, code: 'InvalidRequest', wish: {}, cluster: null },
      { status: 400, code: 'InvalidRequest', wish: {}, cluster: null },
    ])
    expect(JSON.stringify(world.trail)).not.toMatch(/PRIVATE|secret-1|password/)
  })

  it('is written with the wish itself: a new one costs no call more, a refused one and a repeated one one put', async () => {
    expect(await asked(post(aWish))).toEqual({
      status: 202,
      calls: ['getClusterAndFreeSlots', 'wake', 'createSecret', 'createSecret', 'importKeyPair', 'commit'],
    })
    expect(await asked(post(aWish))).toEqual({ status: 202, calls: ['getClusterAndFreeSlots', 'addAudit'] })
    expect(await asked(one(aName, 'DELETE'))).toEqual({
      status: 202,
      calls: ['getCluster', 'commit', 'wake'],
    })
    expect((await asked(post({ ...aWish, tier: 'none' }))).calls).toEqual(['addAudit'])
  })

  it('costs who reads nothing', async () => {
    await call(post(aWish))
    expect((await asked(one(aName))).calls).toEqual(['getCluster'])
    expect((await asked({})).calls).toEqual(['listClusters'])
    expect(world.trail).toHaveLength(1)
  })

  it('covers every route by which something is wished for', () => {
    const others = Object.entries<Route>(routes).filter(([, { audited }]) => !audited)
    const writing = others.filter(([, { method }]) => method !== 'GET').map(([name]) => name)
    // Both answer what is sent to them, and nothing comes of it.
    expect(writing).toEqual(['planCluster', 'validateConfiguration'])
  })

  it('is there wherever an audited route is answered: without it nothing is done', async () => {
    const handler = httpHandler(() => world.context, verbs)
    const lambda = { awsRequestId: 'request-1' } as Context
    expect((await handler(event({ resource: '/v1/tiers' }), lambda)).statusCode).toBe(200)
    expect((await handler(event(post(aWish)), lambda)).statusCode).toBe(500)
    expect(log.join('')).toContain('Nobody writes down who asks for createCluster.')
    expect(isEmpty(world)).toBe(true)
  })

  it('expires after the days of its site', async () => {
    await call(post(aWish))
    const days = Date.parse('2026-08-01T00:00:00Z') / 1000 + 400 * 86_400
    expect(world.trail.map(({ expires }) => expires)).toEqual([days])
  })

  it('that cannot be written hides no refusal, and the log has it then', async () => {
    world.fault = ({ name }) => (name === 'addAudit' ? { when: 'before', error: unavailable() } : undefined)
    expect((await call(post({ ...aWish, tier: 'none' }))).status).toBe(400)
    expect(log.join('')).toContain('a refusal is not in the audit trail')
    // What changed nothing can be asked again, so it says so.
    await call(post(aWish))
    expect((await call(post(aWish))).status).toBe(503)
  })
})

it('whichever call fails, there is no wish without its entry', async () => {
  const life = [post(aWish), one(aName, 'DELETE')]
  for (let nth = 1; nth <= 9; nth++)
    for (const when of ['before', 'after'] as const) {
      world = makeWorld()
      call = door(world)
      world.fault = (other) => (other.nth === nth ? { when, error: unavailable() } : undefined)
      const statuses: number[] = []
      for (const request of life) statuses.push((await call(request)).status)
      const wishes = world.events.filter(({ type }) => type === 'Wish').length
      const carriedOut = world.trail.filter(({ status }) => status === 202).length
      const told = world.trail.map(({ status }) => status)
      expect({ nth, when, carriedOut }).toEqual({ nth, when, carriedOut: wishes })
      expect(told).toEqual(expect.arrayContaining(statuses))
    }
})
