// What each command asks of the API, and what it prints for people and for programs.
import { describe, expect, test } from 'vitest'
import { clusterName } from '../../core/names.ts'
import type { Shape } from '../../core/shape/resources.ts'
import { aCluster, aFailedCluster } from './clusters.ts'
import { type Ran, runCli } from './command-line.ts'
import { answered } from './stand-in-api.ts'

const cluster = aCluster()
const { name } = cluster
const one = { getCluster: answered('getCluster', cluster) }
const asked = ({ calls }: Ran) => calls.map(({ method, path }) => `${method} ${path}`)

describe('create', () => {
  const create = { createCluster: answered('createCluster', aCluster({ status: 'CREATE_REQUEST_RECEIVED' })) }

  test('sends what was said and leaves the tier to the service', async () => {
    const plain = await runCli(['create', 'my-lab', 'my-project'], create)
    const full = await runCli(
      ['create', 'l', 'p', '--tier', 'prod-mpi', '--no-lustre', '--benchmark'],
      create,
    )
    expect([plain, full].map(({ calls }) => JSON.parse(calls[0]?.body ?? ''))).toEqual([
      { virtualLab: 'my-lab', project: 'my-project', benchmark: false },
      { virtualLab: 'l', project: 'p', tier: 'prod-mpi', lustre: false, benchmark: true },
    ])
    expect(plain).toMatchObject({ status: 0, err: expect.stringContaining(`wait ${name}`) })
    expect(plain.out).toMatch(/^Status +CREATE_REQUEST_RECEIVED/m)
  })

  test('asks for resources by options, and prints the shape and why', async () => {
    const shape: Shape = {
      ...{ queue: 'tailored', instanceType: 'c7a.4xlarge', nodes: 4, maxNodesPerJob: 4, cpusPerNode: 16 },
      ...{ memoryGiBPerNode: 30.3, gpusPerNode: 0, simultaneousMultithreading: true, placementGroup: true },
      ...{ efa: false, maxRuntimeMinutes: 721, why: 'It is the smallest.' },
    }
    const answers = { createCluster: answered('createCluster', aCluster({ tier: 'tailored', shape })) }
    const options =
      '--nodes 4 --vcpus-per-node 16 --memory-per-node 28.5 --gpus-per-node 0 --tightly-coupled --max-runtime'
    const ran = await runCli(['create', 'l', 'p', ...options.split(' '), '12:00:01'], answers)
    expect(JSON.parse(ran.calls[0]?.body ?? '')).toEqual({
      ...{ virtualLab: 'l', project: 'p', benchmark: false },
      resources: {
        ...{ nodes: 4, vcpusPerNode: 16, memoryGiBPerNode: 28.5, gpusPerNode: 0 },
        ...{ tightlyCoupled: true, maxRuntimeMinutes: 721 },
      },
    })
    expect(ran.out).toMatch(/^Shape +4 x c7a\.4xlarge$/m)
    expect(ran.out).toMatch(/^Why +It is the smallest\.$/m)
  })

  test('refuses resources that are no numbers and no times, and asks nothing', async () => {
    for (const [option, value] of [
      ['--nodes', 'many'],
      ['--nodes', '-1'],
      ['--memory-per-node', '4G'],
      ['--max-runtime', 'UNLIMITED'],
      ['--max-runtime', '1h'],
    ] as const)
      expect(await runCli(['create', 'l', 'p', option, value], create), value).toMatchObject({
        status: 2,
        calls: [],
      })
  })

  test('with --wait prints the cluster as it became', async () => {
    const ran = await runCli(['create', 'l', 'p', '--wait', '--json'], { ...create, ...one })
    expect(JSON.parse(ran.out)).toEqual(cluster)
    expect(asked(ran)).toEqual(['POST /v1/clusters', `GET /v1/clusters/${name}`])
  })
})

describe('get', () => {
  test('prints what is known, and in JSON exactly what the API said', async () => {
    const { out } = await runCli(['get', name], one)
    expect(out).toMatch(/^SSH +sim@10\.1\.3\.10 port 22$/m)
    expect(out).not.toMatch(/Failure/)
    expect(JSON.parse((await runCli(['get', name, '--json'], one)).out)).toEqual(cluster)
    expect(JSON.parse((await runCli(['--json', 'get', name], one)).out)).toEqual(cluster)
  })

  test('says why a cluster failed, on one line and without control characters', async () => {
    const message = 'first\nsecond \u001b[31mred'
    const ran = await runCli(['get', name], {
      getCluster: answered('getCluster', { ...aFailedCluster, message }),
    })
    expect(ran).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^Failure +StackFailed: first second {2}\[31mred$/m),
    })
  })

  test('takes virtualLab/project for the name', async () => {
    const ran = await runCli(['get', 'my-lab/my-project'], one)
    const derived = clusterName({ virtualLab: 'my-lab', project: 'my-project' })
    expect(asked(ran)).toEqual([`GET /v1/clusters/${derived}`])
    for (const bad of ['my-lab/', '/', 'a/b/c', '-a/b', 'a/b c'])
      expect(await runCli(['get', bad, '--json'], one)).toMatchObject({ status: 2, out: '', calls: [] })
  })
})

describe('delete', () => {
  const gone = {
    ...one,
    deleteCluster: answered('deleteCluster', aCluster({ status: 'DELETE_IN_PROGRESS' })),
  }
  const deleted = `DELETE /v1/clusters/${name}`

  test('asks a person first, and does nothing without a clear yes', async () => {
    for (const [said, status] of [
      ['', 1],
      ['n', 1],
      ['yesterday', 1],
      ['y', 0],
      [' YES ', 0],
    ] as const) {
      const questions: string[] = []
      const ask = async (question: string) => {
        questions.push(question)
        return said
      }
      const ran = await runCli(['delete', name], gone, { canAsk: true, ask })
      expect(ran.status, said).toBe(status)
      expect(asked(ran).includes(deleted), said).toBe(status === 0)
      expect(questions).toEqual([expect.stringContaining('my-lab/my-project')])
    }
  })

  test('by force asks too, says what is lost, and says so to the API', async () => {
    const questions: string[] = []
    const ask = async (question: string) => {
      questions.push(question)
      return 'y'
    }
    const ran = await runCli(['delete', name, '--force'], gone, { canAsk: true, ask })
    expect(questions).toEqual([expect.stringContaining('not exported are lost')])
    expect(ran.calls.find(({ method }) => method === 'DELETE')?.query).toEqual({ force: 'true' })
  })

  test('asks nothing with --yes, or where nobody is there to answer', async () => {
    for (const [args, canAsk] of [
      [['--yes'], true],
      [['-y'], true],
      [[], false],
    ] as const) {
      const ran = await runCli(['delete', name, ...args], gone, { canAsk, ask: () => expect.unreachable() })
      expect(asked(ran)).toEqual([deleted])
      expect(ran.status).toBe(0)
    }
  })
})

test('tiers are a row each', async () => {
  const resource = { name: 'c', minCount: 0, maxCount: 8, efa: true, simultaneousMultithreading: true }
  const queue = {
    name: 'q',
    computeResources: [{ ...resource, instanceTypes: ['t3.micro'] }],
    placementGroup: false,
  }
  const tier = { name: 'debug', description: 'Small.', maxNodes: 8, accepts: ['lustre' as const] }
  const times = { lifetime: '12h', idleTimeout: 'none' }
  const tiers = [{ ...tier, ...times, queues: [{ ...queue, limits: { maxNodes: '8', maxTime: null } }] }]
  const { out } = await runCli(['tiers'], { listTiers: answered('listTiers', { tiers }) })
  expect(out.split('\n')[1]).toMatch(/^debug +q +8 x t3\.micro +8 +yes +8 +none +12h +none +lustre +Small\.$/)
})

test('version tells of the service and of this program', async () => {
  const version = { version: '1.2.3', parallelCluster: '3.14.0', site: 'local' }
  const answers = { getVersion: answered('getVersion', version) }
  expect((await runCli(['version'], answers)).out).toMatch(/Service +1\.2\.3\n.*3\.14\.0\n.*local\n.*\d/)
  expect(JSON.parse((await runCli(['version', '--json'], answers)).out)).toEqual(version)
})
