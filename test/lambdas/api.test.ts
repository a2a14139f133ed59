// The whole chain behind API Gateway: an event in, an answer out, each error once.
import { beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import type { Cluster } from '../../core/cluster.ts'
import { type Route, routes } from '../../core/contract.ts'
import { type ErrorCode, errorCodes } from '../../core/errors.ts'
import { clusterName } from '../../core/names.ts'
import { minimal } from '../core/pcluster/configurations.ts'
import { aSite } from '../core/samples.ts'
import { isEmpty } from '../invariants.ts'
import { aName, aWish, wishFor } from '../wishes.ts'
import { makeWorld, templates, unavailable, type World } from '../world.ts'
import { door, one, post } from './events.ts'
import { caughtLog } from './log.ts'

let world: World
let call: ReturnType<typeof door>
const log = caughtLog()

beforeEach(() => {
  world = makeWorld()
  call = door(world)
})

describe('the API', () => {
  it('creates, shows, lists and deletes a cluster, and keeps its events', async () => {
    const { virtualLab, project } = aWish
    const created = await call(post({ virtualLab, project }))
    expect(created).toMatchObject({
      status: 202,
      body: { name: aName, tier: 'debug', lustre: true, benchmark: false },
    })
    expect(created.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' })
    expect((await call(one(aName))).body).toEqual(created.body)
    expect((await call({})).body).toEqual({ clusters: [created.body] })
    await world.advance(600)
    expect((await call({ query: { status: 'CREATE_COMPLETE', virtualLab } })).body.clusters).toHaveLength(1)
    expect((await call({ query: { status: 'DELETE_IN_PROGRESS' } })).body.clusters).toEqual([])
    expect(await call(one(aName, 'DELETE'))).toMatchObject({
      status: 202,
      body: { status: 'DELETE_IN_PROGRESS' },
    })
    expect((await call({ query: { status: 'DELETE_IN_PROGRESS' } })).body.clusters).toHaveLength(1)
    await world.advance(600)
    expect((await call(one(aName))).status).toBe(404)
    const { status, body } = await call({ resource: '/v1/clusters/{name}/events', path: { name: aName } })
    expect(status).toBe(200)
    expect((body.events as { status: string }[]).at(-1)?.status).toBe('DELETE_COMPLETE')
  })

  it('gives pages until there is no cursor', async () => {
    for (const project of ['a', 'b', 'c']) await call(post({ virtualLab: 'lab', project }))
    const seen: unknown[] = []
    let cursor: unknown
    do {
      const { body } = await call({ query: { limit: '2', ...(cursor ? { cursor: String(cursor) } : {}) } })
      seen.push(...(body.clusters as { project: string }[]).map(({ project }) => project))
      cursor = body.cursor
    } while (cursor)
    expect(seen.sort()).toEqual(['a', 'b', 'c'])
  })

  it('tells its tiers, version and description', async () => {
    const tiers = (await call({ resource: '/v1/tiers' })).body.tiers as { name: string }[]
    expect(tiers.map(({ name }) => name).sort()).toEqual(Object.keys(templates.tiers).sort())
    expect((await call({ resource: '/v1/version' })).body).toEqual({
      version: '1.2.3',
      parallelCluster: '3.16.1',
      site: 'test',
    })
    expect((await call({ resource: '/v1/openapi.json' })).body.paths).toHaveProperty(['/v1/clusters'])
  })

  it('answers a dry run with the plan, and makes nothing', async () => {
    const { status, body } = await call({ ...post(aWish), query: { dryRun: 'true' } })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      name: aName,
      configuration: { HeadNode: { Networking: { SubnetId: 'subnet-00000000000000000' } } },
      template: { Resources: { Subnet: { Type: 'AWS::EC2::Subnet' } } },
    })
    expect((body.findings as { level: string }[]).filter(({ level }) => level === 'ERROR')).toEqual([])
    expect(isEmpty(world)).toBe(true)
    // Nothing was wished for, so nothing is on record either.
    expect(world.calls).toEqual([])
    expect(world.trail).toEqual([])
  })

  it('validates a configuration in YAML with every finding, its line and its column', async () => {
    const text = 'Image:\n  Os: alinux2023\nHeadNode: {}\nScheduling:\n  Scheduler: slurm\n  Bogus: 1\n'
    const { status, body } = await call({ method: 'POST', resource: '/v1/configurations/validate', text })
    expect(status).toBe(200)
    expect(body.valid).toBe(false)
    expect(body.findings).toContainEqual(
      expect.objectContaining({ level: 'ERROR', path: 'Scheduling.Bogus', line: 6, column: 3 }),
    )
  })

  it('looks at the name of the cluster where it is told', async () => {
    const text = stringify(minimal())
    const validated = (query: Record<string, string>) =>
      call({ method: 'POST', resource: '/v1/configurations/validate', text, query })
    const named = async (name: string) =>
      (await validated({ name })).body.findings as { validator: string; path: string }[]
    const told = { validator: 'ClusterNameValidator', path: '$name', line: 1, column: 1 }
    expect(await named('1-cluster')).toContainEqual(expect.objectContaining(told))
    expect(await named('a'.repeat(61))).toContainEqual(expect.objectContaining(told))
    expect(await named('a-cluster')).not.toContainEqual(expect.objectContaining(told))
    expect((await validated({ name: '' })).status).toBe(400)
    expect((await validated({ name: 'a'.repeat(257) })).status).toBe(400)
  })

  it('takes a body in base64', async () => {
    const text = Buffer.from(JSON.stringify({ virtualLab: 'a', project: 'b' })).toString('base64')
    expect((await call({ method: 'POST', text, base64: true })).status).toBe(202)
  })
})

/** How each error is brought about; the two that only API Gateway answers have none, nor has the sweeper's own. */
const provoke: Record<
  Exclude<ErrorCode, 'Forbidden' | 'TooManyRequests' | 'ReportOnly'>,
  () => Promise<unknown>
> = {
  InvalidRequest: () => call(post({})),
  RequestTooLarge: () => call(post({ ...aWish, tier: 'x'.repeat(65_536) })),
  UnknownTier: () => call(post({ ...aWish, tier: 'no-such' })),
  ConfigurationRefused: () => {
    // A template that ParallelCluster would refuse: a queue's name begins with a letter.
    const badTiers = structuredClone(templates)
    for (const queue of badTiers.tiers[aWish.tier]?.queues ?? []) queue.Name = '1-queue'
    call = door({ context: { ...world.context, templates: badTiers } })
    return call(post(aWish))
  },
  NothingFits: () => call(post({ ...aWish, resources: { nodes: 1000 } })),
  ClusterNotFound: () => call(one(aName)),
  NoAccounting: () => call({ method: 'GET', resource: '/v1/usage' }),
  RouteNotFound: () => call({ resource: '/{proxy+}', path: { proxy: 'no/such' } }),
  MethodNotAllowed: () => call({ method: 'PATCH' }),
  ClusterDiffers: () => call(post(aWish)).then(() => call(post({ ...aWish, tier: 'prod-batch' }))),
  ClusterDeleting: async () => {
    await call(post(aWish))
    await call(one(aName, 'DELETE'))
    return call(post(aWish))
  },
  ClusterBusy: async () => {
    await call(post(aWish))
    return call({ ...one(aName, 'PATCH'), body: { maxNodes: 9 } })
  },
  KeysFixed: async () => {
    await call(post(aWish))
    await world.advance(900)
    const { keys, ...cluster } = world.clusters.get(aName) as Cluster
    const { current: _current, ...before } = keys as NonNullable<typeof keys>
    world.clusters.set(aName, { ...cluster, keys: before })
    return call({ method: 'POST', resource: '/v1/clusters/{name}/keys', path: { name: aName }, body: {} })
  },
  ClusterFailed: async () => {
    const name = clusterName(wishFor('fail-create-1'))
    await call(post(wishFor('fail-create-1')))
    await world.advance(1200)
    return call({ ...one(name, 'PATCH'), body: { maxNodes: 9 } })
  },
  UpdateRefused: async () => {
    await call(post(aWish))
    await world.advance(900)
    return call({ ...one(aName, 'PATCH'), body: { tier: 'prod-batch' } })
  },
  Conflict: async () => {
    // Every commit is beaten by another writer's.
    world.turn = async (name) => {
      const record = world.clusters.get(aName)
      if (name === 'commit' && record) world.clusters.set(aName, { ...record, version: record.version + 1 })
    }
    await call(post(aWish))
    return call(one(aName, 'DELETE'))
  },
  NoSlotLeft: async () => {
    call = door(makeWorld(aSite({ network: { clusterRange: '10.64.0.0/24' } })))
    await call(post(aWish))
    return call(post(wishFor('another')))
  },
  TooManyClusters: async () => {
    call = door(makeWorld(aSite({ limits: { ...aSite().limits, clustersPerVirtualLab: 1 } })))
    await call(post(aWish))
    return call(post(wishFor('another')))
  },
  Unavailable: () => {
    world.fault = () => ({ when: 'before', error: unavailable() })
    return call({})
  },
  Internal: () => {
    world.fault = () => ({ when: 'before', error: new Error('a detail') })
    return call({})
  },
}

describe('an error', () => {
  it.each(Object.entries(provoke))('%s has its status and the one shape', async (code, bring) => {
    const { status } = errorCodes[code as ErrorCode]
    const answer = await bring()
    expect(answer).toMatchObject({
      status,
      body: { code, message: expect.any(String), requestId: 'request-1' },
    })
    const retry = ['ClusterDeleting', 'ClusterBusy', 'NoSlotLeft', 'TooManyClusters', 'Conflict'].includes(
      code,
    )
    expect((answer as { headers: object }).headers).toEqual(
      expect.objectContaining(retry ? { 'retry-after': expect.stringMatching(/^\d+$/) } : {}),
    )
  })

  it('inside is told in the log with its detail, and outside without', async () => {
    const answer = (await provoke.Internal()) as { body: object }
    expect(JSON.stringify(answer.body)).not.toContain('a detail')
    expect(log.join('\n')).toContain('a detail')
    expect(log.join('\n')).toContain('request-1')
  })

  it('of any call of a create never has a key in its log or answer', async () => {
    for (let nth = 1; nth <= 8; nth++)
      for (const when of ['before', 'after'] as const) {
        world = makeWorld()
        call = door(world)
        world.fault = (one) => (one.nth === nth ? { when, error: new Error('a detail') } : undefined)
        log.push(JSON.stringify(await call(post(aWish))))
      }
    expect(log.length).toBeGreaterThan(16)
    expect(log.join('\n')).not.toMatch(/PRIVATE KEY|b3BlbnNzaC1rZXk/)
  })

  it('of a method names those that the path takes', async () => {
    const { body } = await call({ method: 'PUT' })
    expect(body.message).toContain('POST, GET')
  })
})

it('knows every route of the contract that no other function serves', async () => {
  for (const { method, path } of Object.values<Route>(routes).filter(({ servedBy }) => !servedBy)) {
    const { body } = await call({ method, resource: path, path: { name: aName } })
    expect(body.code).not.toBe('RouteNotFound')
    expect(body.code).not.toBe('MethodNotAllowed')
  }
})
