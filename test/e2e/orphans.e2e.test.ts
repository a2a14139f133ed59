// Orphans in the emulated account: real leftovers are found and deleted, look-alikes and what a cluster has are not.
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { ownerTags, secretName, siteTag } from '../../core/names.ts'
import { remaining } from '../../core/orphans/report.ts'
import { client } from './caller.ts'
import * as left from './leftovers.ts'

// The last subnets of the range, which no other test gets to.
const slots = { past: 127, young: 126, strangers: 125, alive: 124 }
const cidr = (slot: number) => inject('clusterRange').replace(/\.128\.0\/17$/, `.${128 + slot}.0/24`)

const past = left.deploymentOf('past', 48)
const unwritten = left.deploymentOf('unwritten', 48)
const young = left.deploymentOf('young', 1)
const stranger = left.deploymentOf('stranger', 48)
const alive = left.deploymentOf('alive', 48)
const earlier = { ...alive, deploymentId: left.deploymentOf('alive', 72).deploymentId }

let ids: Record<string, string>
const spared = { secrets: [] as string[], subnets: [] as string[] }
let forget: () => Promise<unknown>

beforeAll(async () => {
  for (const of of [past, young, alive, earlier]) await left.remember(of)
  ids = await left.oneOfEach(past, cidr(slots.past), slots.past)
  // Keys of a create that died before anything was on record: their tag says whose they are.
  const ours = (of: typeof past) => ({ ...ownerTags(of), [siteTag]: 'local' })
  await left.aSecret(secretName(unwritten, 'user'), ours(unwritten))

  spared.subnets = [
    await left.aSubnet(cidr(slots.young), ownerTags(young)),
    // Of another environment: nothing here tells of it.
    await left.aSubnet(cidr(slots.strangers), ownerTags(stranger)),
    await left.aSubnet(cidr(slots.alive), ownerTags(alive)),
  ]
  spared.secrets = [
    await left.aSecret(secretName(young, 'user'), ours(young)),
    await left.aSecret(secretName(stranger, 'user'), { ...ours(stranger), [siteTag]: 'another' }),
    // Our name and no tag; our tags and another name; tags that do not agree.
    await left.aSecret(secretName(past, 'user'), {}),
    await left.aSecret('orphan-lab/somebody-elses', ours(past)),
    await left.aSecret(secretName(unwritten, 'admin'), {
      ...ours(unwritten),
      'hpc-provisioner:project': 'x',
    }),
    await left.aSecret(secretName(alive, 'admin'), ours(alive)),
  ]
  forget = await left.recordOf(alive)
  await left.aSecret(secretName(earlier, 'admin'), ownerTags(earlier))
})
afterAll(async () => {
  await forget()
  await left.removeLookAlikes(spared)
})

/** Of this test, whatever others left. */
const ofTest = <T extends { cluster: string }>(all: T[]) =>
  all.filter(({ cluster }) => [past, unwritten, young, stranger, alive].some(({ name }) => name === cluster))
const list = async (input: { olderThanHours?: number } = {}) => {
  const report = await client.call('listOrphans', input)
  expect(report.unseen).toEqual([])
  return ofTest(report.orphans).map(({ kind, id, reason, outcome }) => [kind, id, reason, outcome])
}
const expected = () => [
  ...Object.entries(ids).map(([kind, id]) => [kind, id, 'NoCluster', 'found']),
  ['secret', secretName(unwritten, 'user'), 'NoCluster', 'found'],
  ['secret', secretName(earlier, 'admin'), 'OtherDeployment', 'found'],
]

test('a dry run tells exactly what no cluster has and is ours, and deletes nothing', async () => {
  expect((await list()).sort()).toEqual(expected().sort())
  expect((await list()).sort()).toEqual(expected().sort())
})

test('what is younger than the limit is left alone, and no limit is below that of a create', async () => {
  expect(await list({ olderThanHours: 60 })).toEqual([
    ['secret', secretName(earlier, 'admin'), 'OtherDeployment', 'found'],
  ])
  expect((await list({ olderThanHours: 2 })).length).toBe(expected().length)
  await expect(list({ olderThanHours: 0 })).rejects.toMatchObject({ code: 'InvalidRequest' })
})

test('deletion takes the stack first, then the rest, the slot last, and spares all else', async () => {
  const rounds: string[][][] = []
  for (let round = 0; round < 4; round++) {
    const report = await client.call('deleteOrphans', {})
    const orphans = ofTest(report.orphans)
    rounds.push(orphans.map(({ kind, outcome, detail = '' }) => [kind, outcome, detail]))
    if (ofTest(remaining(report)).length === 0) break
  }
  const [first = [], second = [], third = []] = rounds
  expect(first.filter(([, outcome]) => outcome === 'deleting')).toEqual([['stack', 'deleting', '']])
  expect(first.filter(([, outcome]) => outcome === 'waits').length).toBe(Object.keys(ids).length - 1)
  expect(second.map(([kind, outcome]) => [kind, outcome])).toEqual([
    ...['volume', 'securityGroup', 'subnet', 'policy', 'databaseLogin', 'trustedKeys', 'secret'].map(
      (kind) => [kind, 'deleted'],
    ),
    ['slot', 'waits'],
  ])
  expect(third).toEqual([['slot', 'deleted', '']])
  expect(await list()).toEqual([])

  for (const name of spared.secrets) expect([name, await left.secretIsThere(name)]).toEqual([name, true])
  for (const id of spared.subnets) expect([id, await left.subnetIsThere(id)]).toEqual([id, true])
})
