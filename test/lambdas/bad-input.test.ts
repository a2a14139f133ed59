// What is wrong is refused with the field and the rule, and nothing is written, minted or claimed.
import { beforeEach, describe, expect, it } from 'vitest'
import { ClusterName, Id } from '../../core/cluster.ts'
import { aName, aWish } from '../wishes.ts'
import { makeWorld, type World } from '../world.ts'
import { door, one, post } from './events.ts'
import { caughtLog } from './log.ts'

caughtLog()

let world: World
let call: ReturnType<typeof door>
beforeEach(() => {
  world = makeWorld()
  call = door(world)
})

const paths = (body: Record<string, unknown>) =>
  (body.details as { path: string }[] | undefined)?.map(({ path }) => path)
async function refused(request: Parameters<typeof call>[0], path: string) {
  const { status, body } = await call(request)
  expect({ status, code: body.code, paths: paths(body) }).toMatchObject({
    status: 400,
    code: expect.stringMatching(/^(InvalidRequest|UnknownTier)$/),
    paths: expect.arrayContaining([path]),
  })
  const made = [world.clusters, world.slots, world.secrets, world.keyPairs].map(({ size }) => size)
  expect([...made, world.queue.length, world.events.length]).toEqual([0, 0, 0, 0, 0, 0])
  expect(world.calls.filter(({ name }) => !/^(get|list|addAudit)/.test(name))).toEqual([])
}

const badIds = [
  { id: '', because: 'it is empty' },
  { id: 'x'.repeat(65), because: 'it has 65 characters' },
  { id: 'x'.repeat(300), because: 'it has 300 characters' },
  { id: '../../x', because: 'it is a path' },
  { id: '$(id);', because: 'it is a command' },
  { id: 'a\nb', because: 'it holds a newline' },
  { id: 'a\n', because: 'it ends with a newline' },
  { id: 'projét', because: 'it is not ASCII' },
  { id: '１', because: 'a digit of another script is none of ours' },
  { id: '-a', because: 'it begins with -' },
  { id: 'a_b', because: '_ is not allowed' },
  { id: 'a b', because: 'a blank is not allowed' },
  { id: 'a.b', because: '. is not allowed' },
]
const compatible = { resource: '/hpc-provisioner/pcluster' }

describe.each(badIds)('the id $id is refused, because $because', ({ id }) => {
  it.each(['virtualLab', 'project'])('as %s of a create', (field) =>
    refused(post({ ...aWish, [field]: id }), field),
  )
  it.each(['POST', 'GET', 'DELETE'])('in a compatible %s', async (method) => {
    for (const field of ['vlab_id', 'project_id'])
      await refused({ ...compatible, method, query: { vlab_id: 'a', project_id: 'b', [field]: id } }, field)
  })
  it('as a filter, and as a name', async () => {
    await refused({ query: { virtualLab: id } }, 'virtualLab')
    for (const method of ['GET', 'DELETE']) await refused(one(id, method), 'name')
  })
})

const lab = { virtualLab: 'a', project: 'b' }
const requests: { because: string; path: string; request: Parameters<ReturnType<typeof door>>[0] }[] = [
  { because: 'the tier is unknown', path: 'tier', request: post({ ...lab, tier: 'x' }) },
  { because: 'the tier is no text', path: 'tier', request: post({ ...lab, tier: 1 }) },
  { because: 'the tier is null', path: 'tier', request: post({ ...lab, tier: null }) },
  { because: 'the tier is long', path: 'tier', request: post({ ...lab, tier: 'x'.repeat(65) }) },
  { because: 'lustre is text', path: 'lustre', request: post({ ...lab, lustre: 'true' }) },
  { because: 'benchmark is a number', path: 'benchmark', request: post({ ...lab, benchmark: 1 }) },
  { because: 'the project is missing', path: 'project', request: post({ virtualLab: 'a' }) },
  { because: 'the project is a list', path: 'project', request: post({ virtualLab: 'a', project: ['b'] }) },
  { because: 'there is a field too many', path: 'colour', request: post({ ...lab, colour: 'red' }) },
  {
    because: 'the prototype is a field too many',
    path: '__proto__',
    request: { method: 'POST', text: '{"virtualLab":"a","project":"b","__proto__":{"tier":"debug"}}' },
  },
  {
    because: 'the constructor is a field too many',
    path: 'constructor',
    request: post({ ...lab, constructor: 1 }),
  },
  ...(
    [
      ['nodes', { vcpusPerNode: 2 }, 'it is missing'],
      ['nodes', { nodes: 0 }, 'it is none'],
      ['nodes', { nodes: 1001 }, 'it is over 1000'],
      ['nodes', { nodes: 1.5 }, 'it is broken'],
      ['nodes', { nodes: '4' }, 'it is text'],
      ['vcpusPerNode', { nodes: 1, vcpusPerNode: 0 }, 'it is none'],
      ['vcpusPerNode', { nodes: 1, vcpusPerNode: 1025 }, 'it is over 1024'],
      ['memoryGiBPerNode', { nodes: 1, memoryGiBPerNode: -1 }, 'it is negative'],
      ['memoryGiBPerNode', { nodes: 1, memoryGiBPerNode: 65_537 }, 'it is over 64 TiB'],
      ['memoryGiBPerNode', { nodes: 1, memoryGiBPerNode: '4G' }, 'it is text'],
      ['gpusPerNode', { nodes: 1, gpusPerNode: 17 }, 'it is over 16'],
      ['tightlyCoupled', { nodes: 1, tightlyCoupled: 'yes' }, 'it is text'],
      ['maxRuntimeMinutes', { nodes: 1, maxRuntimeMinutes: 525_601 }, 'it is over a year'],
      ['maxRuntimeMinutes', { nodes: 1, maxRuntimeMinutes: '12:00:00' }, 'it is text'],
    ] as const
  ).map(([field, resources, because]) => ({
    because,
    path: `resources.${field}`,
    request: post({ ...lab, resources }),
  })),
  { because: 'resources are null', path: 'resources', request: post({ ...lab, resources: null }) },
  {
    because: 'resources have a field too many',
    path: 'memory',
    request: post({ ...lab, resources: { nodes: 1, memory: 4 } }),
  },
  {
    because: 'the tier of a tailor-made cluster is none to ask for by itself',
    path: 'tier',
    request: post({ ...lab, tier: 'tailored' }),
  },
  {
    because: 'resources do not make a tier known',
    path: 'tier',
    request: post({ ...lab, tier: 'x', resources: { nodes: 1 } }),
  },
  { because: 'the body is a list', path: 'body', request: post([lab]) },
  { because: 'the body is null', path: 'body', request: post(null) },
  { because: 'the body is text', path: 'body', request: post('x') },
  { because: 'the body is missing', path: 'body', request: { method: 'POST', text: null } },
  { because: 'the body is empty', path: 'body', request: { method: 'POST', text: '' } },
  { because: 'the body is not JSON', path: 'body', request: { method: 'POST', text: '{"virtualLab":' } },
  {
    because: 'the body is not UTF-8',
    path: 'body',
    request: { method: 'POST', text: '/////w==', base64: true },
  },
  { because: 'a create takes no query', path: 'project', request: { ...post(lab), query: { project: 'b' } } },
  { because: 'the parameter is unknown', path: 'colour', request: { query: { colour: 'red' } } },
  {
    because: 'the parameter is repeated',
    path: 'virtualLab',
    request: { query: { virtualLab: ['a', 'b'] } },
  },
  { because: 'the prototype is no parameter', path: '__proto__', request: { query: { ['__proto__']: 'x' } } },
  { because: 'the limit is 0', path: 'limit', request: { query: { limit: '0' } } },
  { because: 'the limit is 101', path: 'limit', request: { query: { limit: '101' } } },
  { because: 'the limit is text', path: 'limit', request: { query: { limit: 'many' } } },
  { because: 'the limit is broken', path: 'limit', request: { query: { limit: '1.5' } } },
  { because: 'the limit is empty', path: 'limit', request: { query: { limit: '' } } },
  { because: 'the status is none', path: 'status', request: { query: { status: 'READY' } } },
  { because: 'the cursor is none of ours', path: 'cursor', request: { query: { cursor: 'eyJ' } } },
  { because: 'the name is none of ours', path: 'name', request: one('my-project') },
  {
    because: 'only one id is given',
    path: 'project_id',
    request: { ...compatible, query: { vlab_id: 'a' } },
  },
  {
    because: 'only the other id is given',
    path: 'project_id',
    request: { ...compatible, query: { project_id: 'a' } },
  },
  {
    because: 'a create needs both ids',
    path: 'vlab_id',
    request: { ...compatible, method: 'POST', query: { project_id: 'a' } },
  },
  {
    because: 'a delete needs both ids',
    path: 'project_id',
    request: { ...compatible, method: 'DELETE', query: { vlab_id: 'a' } },
  },
  {
    because: 'an id is repeated',
    path: 'vlab_id',
    request: { ...compatible, query: { vlab_id: ['a', 'b'], project_id: 'c' } },
  },
  {
    because: 'the compatible tier is unknown',
    path: 'tier',
    request: { ...compatible, method: 'POST', query: { vlab_id: 'a', project_id: 'b', tier: 'x' } },
  },
]

describe('a request is refused', () => {
  it.each(requests)('at $path, because $because', ({ request, path }) => refused(request, path))

  it('with every field that is wrong', async () => {
    const { body } = await call(post({ virtualLab: '', lustre: 1, colour: 'red' }))
    expect(paths(body)?.sort()).toEqual(['colour', 'lustre', 'project', 'virtualLab'])
  })

  it('and an unknown tier lists the tiers', async () => {
    const { body } = await call(post({ ...lab, tier: 'x' }))
    expect(JSON.stringify(body.details)).toContain('prod-mpi-hpc')
  })

  it('but not for what real clients send', () => {
    for (const id of [
      '1c9e1d8e-8c0b-4b0a-9a53-0f4f5f1e7a11',
      'my-project',
      '2026-11-22-14H05',
      'a',
      'x'.repeat(64),
    ])
      expect(Id.safeParse(id).success).toBe(true)
    expect(ClusterName.safeParse(aName).success).toBe(true)
  })
})
