// What must be true of the world: at every moment, and once it has come to rest.
import { isDeepStrictEqual } from 'node:util'
import { builtOf } from '../core/built.ts'
import type { Cluster } from '../core/cluster.ts'
import { databaseSecretName, keyPairName, secretName, stackName } from '../core/names.ts'
import { counts } from '../core/queue/claims.ts'
import { entryOf, type QueueEntry } from '../core/queue/entry.ts'
import { clusterConfiguration } from '../core/render/stack-template.ts'
import { rotationIsDue } from '../core/rotation.ts'
import { slotCidr, slotCount } from '../core/slots.ts'
import type { World } from './world.ts'

const secretNames = (of: Cluster) => {
  const { keys, rotation } = of
  const pairs = { user: [rotation?.pairs.user], admin: [rotation?.pairs.admin] }
  return (['user', 'admin'] as const).flatMap((owner) =>
    [...pairs[owner], keys?.current?.[owner]].flatMap((pair) =>
      pair ? [secretName(of, owner, pair.rotationId)] : [],
    ),
  )
}
const settled = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_FAILED']
const configured = ({ context: { templates, site } }: World, cluster: Cluster): string =>
  JSON.stringify(clusterConfiguration(templates, { ...cluster, spec: builtOf(cluster) }, site))
const isFailed = ({ status }: Cluster) => status === 'CREATE_FAILED'

/** Never two stacks for one cluster, nor two clusters with one slot; empty when all is well. */
export function alwaysWrong(world: World): string[] {
  const { stacks, clusters, slots } = world
  const held = [...clusters.values()].flatMap(({ slot }) => slot ?? [])
  return [
    ...stacks.violations,
    ...lostData(world),
    ...lockedOut(world),
    ...endedUnwarned(world),
    ...wrongCounts(world),
    ...(new Set(held).size < held.length ? ['two clusters with one slot'] : []),
    ...held.filter((slot) => !slots.has(slot)).map((slot) => `slot ${slot} is used and not taken`),
    ...leftSlots(world)
      .filter((slot) => !slots.has(slot))
      .map((slot) => `slot ${slot} was given back with a subnet in it`),
  ]
}

/** The keys that a cluster tells its owner of open it, at every moment. */
function lockedOut({ clusters, nodes }: World): string[] {
  return [...clusters.values()].flatMap((one) => {
    const trusted = nodes.trusted(one)
    const { user, admin } = one.keys?.current ?? {}
    const closed = [user, admin].filter(
      (pair) => pair && trusted && !trusted.some((key) => pair.publicKey.endsWith(` ${key}`)),
    )
    return closed.map(() => `${one.name} does not trust a key of its own`)
  })
}

const warningOf: Record<string, string> = { LifetimeEnded: 'LifetimeEnds', Idle: 'Idle' }

/** What comes to its end by itself was warned of, and ends no sooner than the last warning said, which gave time. */
function endedUnwarned({ events }: World): string[] {
  return events.flatMap(({ type, reason, deploymentId, at, cluster }, index) => {
    const wanted = type === 'Wish' ? warningOf[reason ?? ''] : undefined
    if (!wanted) return []
    const warning = events
      .slice(0, index)
      .findLast((one) => one.type === 'Warning' && one.reason === wanted && one.deploymentId === deploymentId)
    const { endsAt = '' } = warning ?? {}
    return warning && endsAt > warning.at && at >= endsAt ? [] : [`${cluster} was ended without its warning`]
  })
}

/** What is counted is what there is, and never more than the site and the virtual lab may have. */
function wrongCounts({ clusters, slots, operations, site: { limits } }: World): string[] {
  const records = [...clusters.values()]
  const labs = new Set([...operations.labs.keys(), ...records.map(({ virtualLab }) => virtualLab)])
  const holding = (lab: string) => records.filter((one) => one.virtualLab === lab && counts(one)).length
  const { inFlight, entries } = operations.queue()
  const lines = records.flatMap((one) => entryOf(one) ?? [])
  const sorted = (all: QueueEntry[]) => all.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return [
    ...[...labs]
      .filter((lab) => operations.clustersOf(lab) !== holding(lab))
      .map((lab) => `${lab} has ${holding(lab)} clusters, and ${operations.clustersOf(lab)} are counted`),
    ...[...labs]
      .filter((lab) => holding(lab) > limits.clustersPerVirtualLab)
      .map((lab) => `${lab} has more clusters than it may`),
    ...([...slots.values()].filter(({ cluster }) => clusters.has(cluster)).length ===
    records.filter(counts).length
      ? []
      : ['a slot is taken and not counted']),
    ...(inFlight === lines.filter(({ admittedAt }) => admittedAt).length ? [] : ['permits are miscounted']),
    ...(inFlight > limits.operationsInFlight ? [`${inFlight} operations are in flight`] : []),
    ...(isDeepStrictEqual(sorted(entries), sorted(lines)) ? [] : ['the queue is not what records say']),
  ]
}

/** The slots in which a deletion left a subnet behind. */
const leftSlots = ({ stacks, site }: World): number[] =>
  stacks.leftovers.flatMap(({ cidr }) => {
    const slot = Array.from({ length: slotCount(site.network) }, (_, n) => n).find(
      (n) => slotCidr(site.network, n) === cidr,
    )
    return slot ?? []
  })

/** Where tasks move data, the file system of a cluster that was ready goes only when its data are in S3, or cannot get there. */
function lostData({ site, data, events, stacks }: World): string[] {
  if (site.storage.dataTasks === 'none') return []
  const ready = events.filter(({ status }) => status === 'CREATE_COMPLETE')
  return ready
    .filter(({ cluster, deploymentId }) => !stacks.own.has(stackName({ name: cluster, deploymentId })))
    .filter(
      ({ deploymentId }) =>
        !data.tasks.some(
          ({ token, state }) => token.startsWith(`${deploymentId}-exporting-`) && state !== 'running',
        ),
    )
    .map(({ cluster }) => `${cluster} is gone with data that were not exported`)
}

/** Nothing is under way, nothing is there that no record owns, and what is ready has all it needs. */
export function wrongAtRest(world: World): string[] {
  const { clusters, slots, secrets, keyPairs, nodes, stacks, database, queue } = world
  const records = [...clusters.values()]
  const owned = records.filter((one) => !isFailed(one))
  const strangers = (there: Iterable<string>, names: (of: Cluster) => string[], kind: string) => {
    const known = new Set(owned.flatMap(names))
    return [...there].filter((name) => !known.has(name)).map((name) => `${kind} ${name} has no owner`)
  }
  return [
    ...alwaysWrong(world),
    ...records
      .filter((one) => one.wanted === 'absent')
      .map(({ name }) => `${name} is not wanted and still there`),
    ...records.flatMap((one) => wrongWith(world, one)),
    ...strangers(stacks.own.keys(), (of) => [stackName(of)], 'stack'),
    ...strangers(stacks.pcluster.keys(), ({ name }) => [name], "ParallelCluster's stack"),
    ...strangers(secrets.keys(), secretNames, 'secret'),
    ...strangers(nodes.texts.keys(), (of) => (of.rotation ? [stackName(of)] : []), 'text of keys'),
    ...strangers(database.logins.keys(), (of) => [databaseSecretName(of)], 'login'),
    ...strangers(keyPairs.keys(), (of) => [keyPairName(of)], 'key pair'),
    ...[...slots]
      .filter(
        ([slot, { cluster }]) => clusters.get(cluster)?.slot !== slot && !leftSlots(world).includes(slot),
      )
      .map(([slot]) => `slot ${slot} has no owner`),
    ...world.operations.queue().entries.map(({ name, kind }) => `the ${kind} of ${name} is still queued`),
    ...(queue.length > 0 ? [`${queue.length} messages are still under way`] : []),
  ]
}

function wrongWith(world: World, cluster: Cluster): string[] {
  const { stacks, secrets, keyPairs, database, site } = world
  if (isFailed(cluster))
    return cluster.slot === undefined && !cluster.keys && !cluster.accounting && cluster.failure
      ? []
      : [`${cluster.name} failed and holds something`]
  const has = {
    'a settled status': settled.includes(cluster.status),
    'a complete stack': /^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(
      stacks.own.get(stackName(cluster))?.status ?? '',
    ),
    'an answer to every wish': (cluster.generation ?? 0) === (cluster.tried ?? 0),
    'the shape that is on record':
      stacks.own.get(stackName(cluster))?.configuration === configured(world, cluster),
    'a wish that came true or failed':
      cluster.status === 'UPDATE_FAILED' || isDeepStrictEqual(builtOf(cluster), cluster.spec),
    "ParallelCluster's stack": stacks.pcluster.has(cluster.name),
    'its secrets': secretNames(cluster).every((name) => secrets.has(name)),
    'keys at rest': !rotationIsDue(cluster),
    'old keys that are refused':
      !world.nodes.trusted(cluster) ||
      cluster.rotation?.failure !== undefined ||
      world.nodes.trusted(cluster)?.length === 2,
    'its key pair': keyPairs.has(keyPairName(cluster)),
    'its login to the accounting database':
      !site.accounting ||
      isDeepStrictEqual(database.logins.get(databaseSecretName(cluster)), cluster.accounting),
    'a slot': cluster.slot !== undefined,
    'a head node': cluster.headNode !== undefined,
    'no failure': cluster.failure === undefined,
  }
  return Object.entries(has)
    .filter(([, holds]) => !holds)
    .map(([what]) => `${cluster.name} lacks ${what}`)
}

/** Nothing is left of any cluster but its events. */
export const isEmpty = ({ clusters, slots, secrets, keyPairs, nodes, stacks, database }: World): boolean =>
  [clusters, slots, secrets, keyPairs, nodes.texts, stacks.own, stacks.pcluster, database.logins].every(
    ({ size }) => size === 0,
  )
