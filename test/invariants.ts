// What must be true of the world: at every moment, and once it has come to rest.
import { isDeepStrictEqual } from 'node:util'
import { builtOf } from '../core/built.ts'
import type { Cluster } from '../core/cluster.ts'
import { databaseSecretName, keyPairName, secretName, stackName } from '../core/names.ts'
import { clusterConfiguration } from '../core/render/stack-template.ts'
import { slotCidr, slotCount } from '../core/slots.ts'
import type { World } from './world.ts'

const secretNames = (of: Cluster) => [secretName(of, 'user'), secretName(of, 'admin')]
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
    ...(new Set(held).size < held.length ? ['two clusters with one slot'] : []),
    ...held.filter((slot) => !slots.has(slot)).map((slot) => `slot ${slot} is used and not taken`),
    ...leftSlots(world)
      .filter((slot) => !slots.has(slot))
      .map((slot) => `slot ${slot} was given back with a subnet in it`),
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
  const { clusters, slots, secrets, keyPairs, stacks, database, queue } = world
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
    ...strangers(database.logins.keys(), (of) => [databaseSecretName(of)], 'login'),
    ...strangers(keyPairs.keys(), (of) => [keyPairName(of)], 'key pair'),
    ...[...slots]
      .filter(
        ([slot, { cluster }]) => clusters.get(cluster)?.slot !== slot && !leftSlots(world).includes(slot),
      )
      .map(([slot]) => `slot ${slot} has no owner`),
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
export const isEmpty = ({ clusters, slots, secrets, keyPairs, stacks, database }: World): boolean =>
  [clusters, slots, secrets, keyPairs, stacks.own, stacks.pcluster, database.logins].every(
    ({ size }) => size === 0,
  )
