// What is an orphan, and what becomes of it.
import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../../core/cluster.ts'
import { siteTag } from '../../../core/names.ts'
import { begunAt, ownerOf } from '../../../core/orphans/owner.ts'
import { type OrphanKind, orphanKinds, remaining } from '../../../core/orphans/report.ts'
import { type How, sweepOrphans } from '../../../core/orphans/sweep-orphans.ts'
import { makeWorld } from '../../world.ts'
import { aCluster } from '../samples.ts'
import { anAccount, aThing, idAt, knowing, type Past, pastOf } from './leftovers.ts'

const now = Date.parse('2026-08-01T00:00:00Z')
const hour = 3_600_000
const past = pastOf('past', now - 48 * hour)

function aSweep(things: ReturnType<typeof aThing>[], known: Past[] = [past], kinds?: readonly OrphanKind[]) {
  const world = makeWorld()
  const { account, leftovers } = anAccount(things, kinds)
  const cloud = knowing(world.context.cloud, known)
  const { site } = world
  const sweep = (how: Partial<How> = {}) =>
    sweepOrphans({ cloud, site, leftovers }, { olderThanHours: 24, ...how })
  const told = async (how: Partial<How> = {}) =>
    (await sweep(how)).orphans.map(({ kind, outcome }) => [kind, outcome])
  const record = (of: Past, changes: Partial<Cluster> = {}) =>
    void world.clusters.set(of.name, aCluster({ ...of, ...changes }))
  return { world, account, sweep, told, record }
}
const ofEach = (of: Past) => orphanKinds.map((kind) => aThing(kind, of))

describe('an orphan', () => {
  it.each(orphanKinds)('is a %s by our tags and name, of a deployment that has no record', async (kind) => {
    const { sweep } = aSweep([aThing(kind, past)])
    expect((await sweep()).orphans).toEqual([
      expect.objectContaining({
        kind,
        cluster: past.name,
        deployment: past.deploymentId,
        since: new Date(now - 48 * hour).toISOString(),
        reason: 'NoCluster',
        outcome: 'found',
      }),
    ])
  })

  it('is what an earlier deployment of a cluster left, while the later one is there', async () => {
    const { sweep, record } = aSweep([aThing('secret', past)])
    record(pastOf('past', now - 30 * hour))
    expect((await sweep()).orphans.map(({ reason }) => reason)).toEqual(['OtherDeployment'])
  })

  it.each(['CREATE_FAILED', 'DELETE_FAILED', 'DELETE_IN_PROGRESS', 'CREATE_COMPLETE'] as const)(
    'is nothing of a deployment with a record, also when that is %s',
    async (status) => {
      const { told, record } = aSweep(ofEach(past))
      record(past, { status, failure: { reason: 'A', message: 'b' } })
      expect(await told({ remove: 'asked' })).toEqual([])
    },
  )

  it('is nothing that is younger than was asked for', async () => {
    expect(await aSweep([aThing('secret', past)]).told({ olderThanHours: 49 })).toEqual([])
    expect(await aSweep([aThing('secret', past)]).told({ olderThanHours: 47 })).toHaveLength(1)
  })

  it('is nothing that is younger than a create may last, whatever was asked for', async () => {
    const young = pastOf('young', now - 1800 * 1000)
    const { sweep } = aSweep([aThing('secret', young)], [young])
    expect(await sweep({ olderThanHours: 0 })).toMatchObject({ orphans: [], olderThanHours: 1 })
  })

  it('is nothing of another environment: neither its history nor its tag is ours', async () => {
    const things = [aThing('secret', past), aThing('subnet', past), aThing('stack', past)]
    expect(await aSweep(things, []).told()).toEqual([])
    const tagged = aThing('secret', past, { [siteTag]: 'another' })
    expect(await aSweep([tagged], [past]).told()).toEqual([])
  })

  it('is a key of a create that died before anything was on record, by the tag of our site', async () => {
    expect(await aSweep([aThing('keyPair', past, { [siteTag]: 'test' })], []).told()).toEqual([
      ['keyPair', 'found'],
    ])
  })

  it('is none of a record that is written while the account is looked at', async () => {
    const { account, told, record } = aSweep([aThing('secret', past)])
    account.refuses = () => void record(past)
    expect(await told()).toEqual([])
  })
})

describe('a look-alike', () => {
  const thing = aThing('secret', past)
  const without = (key: string) => {
    const { [key]: _, ...tags } = thing.tags
    return { ...thing, tags }
  }
  it.each([
    ['has no tags', { ...thing, tags: {} }],
    ['lacks the cluster', without('hpc-provisioner:cluster')],
    ['lacks the deployment', without('hpc-provisioner:deployment')],
    ['lacks the virtual lab', without('hpc-provisioner:virtual-lab')],
    ['lacks the project', without('hpc-provisioner:project')],
    ['has another project', aThing('secret', past, { 'hpc-provisioner:project': 'other' })],
    ['has a deployment that is none', aThing('secret', past, { 'hpc-provisioner:deployment': 'mine' })],
    ['has a name that we do not give', { ...thing, id: 'my-own' }],
    ['has the name of another deployment', { ...thing, id: aThing('secret', pastOf('past', now)).id }],
    [
      'is a stack that only begins as ours',
      { ...aThing('stack', past), id: `${aThing('stack', past).id}-mine` },
    ],
    ['is a policy elsewhere', { ...aThing('policy', past), id: `arn:aws:iam::1:policy/${past.name}` }],
    ['says that it is a row', { ...thing, row: { name: past.name, deploymentId: 'x' } }],
    ['says that it is a row, and has tags', { ...thing, row: past }],
    ['is an object beside the trusted keys', { ...aThing('trustedKeys', past), id: `${past.name}/mine` }],
  ])('%s', async (_, one) => {
    expect(ownerOf(one)).toBeUndefined()
    const { account, told } = aSweep([one])
    expect(await told({ remove: 'asked' })).toEqual([])
    expect(account.things).toEqual([one])
  })
})

describe('deletion', () => {
  it('is not by a report', async () => {
    const { account, sweep } = aSweep(ofEach(past))
    await sweep()
    expect(account.removed).toEqual([])
    expect(account.things).toHaveLength(orphanKinds.length)
  })

  it('takes the stack first, which takes along what it made, and gives the slot back last', async () => {
    const kinds = orphanKinds.filter((kind) => kind !== 'parallelClusterStack')
    const { told } = aSweep(kinds.map((kind) => aThing(kind, past)))
    expect(await told({ remove: 'asked' })).toEqual(
      kinds.map((kind) => [kind, kind === 'stack' ? 'deleting' : 'waits']),
    )
    expect(await told({ remove: 'asked' })).toEqual(
      kinds.slice(1).map((kind) => [kind, kind === 'slot' ? 'waits' : 'deleted']),
    )
    expect(await told({ remove: 'asked' })).toEqual([['slot', 'deleted']])
    expect(await told({ remove: 'asked' })).toEqual([])
  })

  it('of nothing but slots is another way: one waits for its subnet, and for no key or policy', async () => {
    const things = [aThing('secret', past), aThing('policy', past), aThing('slot', past)]
    expect(await aSweep(things).told({ remove: 'slots' })).toEqual([
      ['policy', 'found'],
      ['secret', 'found'],
      ['slot', 'deleted'],
    ])
    expect(await aSweep([...things, aThing('subnet', past)]).told({ remove: 'slots' })).toEqual([
      ['subnet', 'found'],
      ['policy', 'found'],
      ['secret', 'found'],
      ['slot', 'found'],
    ])
    const { told, record } = aSweep(things)
    record(past)
    expect(await told({ remove: 'slots' })).toEqual([])
  })

  it('leaves ParallelCluster’s own stack to the one who built it, and says how', async () => {
    const { sweep } = aSweep([aThing('parallelClusterStack', past), aThing('subnet', past)])
    const { orphans } = await sweep({ remove: 'asked' })
    expect(orphans.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['parallelClusterStack', 'byHand'],
      ['subnet', 'waits'],
    ])
    expect(orphans[0]?.detail).toContain(`pcluster delete-cluster --cluster-name ${past.name}`)
  })

  it('takes a file system, which may hold data, only where somebody asked', async () => {
    expect(await aSweep([aThing('fileSystem', past)]).told({ remove: 'unasked' })).toEqual([
      ['fileSystem', 'kept'],
    ])
    expect(await aSweep([aThing('fileSystem', past)]).told({ remove: 'asked' })).toEqual([
      ['fileSystem', 'deleted'],
    ])
  })

  it('looks at the record once more before each thing', async () => {
    const { account, told, record } = aSweep([aThing('keyPair', past), aThing('secret', past)])
    account.meanwhile = async () => record(past)
    expect(await told({ remove: 'asked' })).toEqual([
      ['keyPair', 'deleted'],
      ['secret', 'kept'],
    ])
    expect(account.things.map(({ kind }) => kind)).toEqual(['secret'])
  })

  it('goes on where one is refused, and tells why', async () => {
    const { account, sweep } = aSweep([aThing('subnet', past), aThing('secret', past)])
    account.refuses = (what, kind) =>
      what === 'remove' && kind === 'subnet' ? new Error('It has dependencies.') : undefined
    const report = await sweep({ remove: 'asked' })
    expect(report.orphans).toMatchObject([
      { kind: 'subnet', outcome: 'failed', detail: 'It has dependencies.' },
      { kind: 'secret', outcome: 'deleted' },
    ])
    expect(remaining(report).map(({ kind }) => kind)).toEqual(['subnet'])
  })

  it('is of nothing while a kind cannot be looked at', async () => {
    const { account, sweep } = aSweep([aThing('secret', past)])
    account.refuses = (what, kind) => (what === 'find' && kind === 'stack' ? new Error('denied') : undefined)
    expect(await sweep({ remove: 'asked' })).toMatchObject({
      orphans: [{ kind: 'secret', outcome: 'found' }],
      unseen: [{ kind: 'stack', message: 'denied' }],
    })
    expect(account.removed).toEqual([])
  })

  it('is of a hundred at once, and the next call goes on', async () => {
    const many = Array.from({ length: 130 }, (_, i) => pastOf(`p${i}`, now - 48 * hour))
    const { told } = aSweep(
      many.map((of) => aThing('secret', of)),
      many,
    )
    const count = async (outcome: string) =>
      (await told({ remove: 'asked' })).filter(([, one]) => one === outcome).length
    expect(await count('deleted')).toBe(100)
    expect(await count('deleted')).toBe(30)
  })
})

it('a deployment’s id says when it was asked for', () => {
  for (const time of [0, 1, now, 2 ** 48 - 1]) expect(begunAt(idAt(time)).getTime()).toBe(time)
})
