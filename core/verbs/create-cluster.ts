// The wish for a cluster: found as it stands, or written with its slot and keys in one round.

import type { ClusterView } from '../answers.ts'
import { builtOf } from '../built.ts'
import type { Cluster, Keys, Spec } from '../cluster.ts'
import type { Context } from '../context.ts'
import type { Input } from '../contract.ts'
import { AppError, isAppError } from '../errors.ts'
import { mintKeys, removeKeys } from '../keys.ts'
import { lifeDifferences, lifeFor } from '../lifetime/choose-life.ts'
import type { Life, LifeWish } from '../lifetime/life.ts'
import { clusterName, type Deployment, type Tenant } from '../names.ts'
import { requireValid } from '../plan.ts'
import { specFor } from '../shape/spec-for.ts'
import { type Asked, askedFor, requireAsked } from '../shape/tiers.ts'
import { slotCandidates, slotCount } from '../slots.ts'
import { view } from '../view.ts'

export async function createCluster(context: Context, input: Input<'createCluster'>): Promise<ClusterView> {
  const asked = askedFor(context, input)
  const { virtualLab, project, lifetime, idleTimeout } = input
  const life = { lifetime, idleTimeout }
  const cluster = await ensureCluster(context, { virtualLab, project, ...asked, ...life })
  // A cluster that was updated since is still the one that was asked for, and also the one that it became.
  const [differences, now] = [cluster.asked ?? cluster.spec, builtOf(cluster)].map((has) =>
    specDifferences(has, asked),
  ) as [string[], string[]]
  if (differences.length > 0 && now.length > 0)
    throw new AppError(
      'ClusterDiffers',
      `The cluster ${cluster.name} exists with ${differences.join(' and ')}. Delete it first, or ask for what it is.`,
      { details: differences.map((message) => ({ path: message.split(' ')[0] ?? '', message })) },
    )
  const times = lifeDifferences(cluster, life)
  if (times.length > 0)
    throw new AppError(
      'ClusterDiffers',
      `The cluster ${cluster.name} exists with ${times.join(' and ')}. Change it by PATCH, or ask without it.`,
      { details: times.map((message) => ({ path: message.split(' ')[0] ?? '', message })) },
    )
  return view(cluster, context.site)
}

const specDifferences = (has: Spec, asked: Asked): string[] => {
  const [now, then] = [wishOf(has), wishOf(asked)]
  return Object.keys({ ...now, ...then })
    .filter((key) => now[key] !== then[key])
    .map((key) => `${key} ${String(now[key] ?? 'not given')} (asked: ${String(then[key] ?? 'not given')})`)
}

/** The wish as one level of names and values. The shape is no part of it: what is known of types may have changed. */
function wishOf({ tier, lustre, benchmark, resources }: Asked): Record<string, unknown> {
  const fields = Object.entries(resources ?? {}).map(([key, value]) => [`resources.${key}`, value])
  return { tier, lustre, benchmark, ...Object.fromEntries(fields) }
}

// Losing a race for the name means reading again what the winner wrote, which ends it. For a slot it means trying the next
// free one, and of a range that is nearly full many want the last few at the same time.
const rounds = 16
// AWS reads up to 100 items at once; one is the record.
const slotsAtOnce = 32
/** Time for this request to write its record before the reconciler looks for it. */
const firstLookSeconds = 1

/** The cluster that stands for (virtual lab, project), whatever its shape, or a new deployment of this one. */
export async function ensureCluster(context: Context, wish: Tenant & Asked & LifeWish): Promise<Cluster> {
  const { cloud, site } = context
  const { limits } = site
  requireAsked(context, wish)
  const life = lifeFor(context, wish.tier, wish)
  const of = {
    virtualLab: wish.virtualLab,
    project: wish.project,
    name: clusterName(wish),
    deploymentId: cloud.newDeploymentId(),
  }
  let spec: Spec | undefined
  let keys: Keys | undefined
  for (let round = 1; round <= rounds; round++) {
    const { cluster, slot, isFull } = await lookForSlot(context, of)
    const settled = cluster && stands(cluster)
    if (settled || isFull || slot === undefined) {
      // Not where it is this very deployment, written by a commit whose answer was lost.
      if (keys && cluster?.deploymentId !== of.deploymentId) await removeKeys(cloud, of)
      if (!settled) throw isFull ? tooManyClusters(context, wish) : noSlotLeft(context)
      if (cluster.wanted === 'absent') throw beingDeleted(of.name)
      return cluster
    }
    spec ??= await specFor(context, wish)
    const requestedAt = cloud.now().toISOString()
    if (!keys) {
      await requireValid(context, { ...wish, ...spec })
      // Before anything is minted someone must know of it: this message has the reconciler clear up if we die here.
      await cloud.wake({ name: of.name, deploymentId: of.deploymentId, requestedAt }, firstLookSeconds)
      keys = await mintKeys(cloud, of, context.site.name)
    }
    const after = newCluster(of, spec, { slot, keys, life, requestedAt, version: cluster?.version ?? 0 })
    try {
      await cloud.commit({
        before: cluster,
        after,
        events: [{ type: 'Wish', status: 'CREATE_REQUEST_RECEIVED', message: wishText(spec) }],
        bounds: { clustersPerVirtualLab: limits.clustersPerVirtualLab },
      })
      return { ...after, version: after.version + 1 }
    } catch (error) {
      if (!isAppError(error, 'Conflict')) throw error
    }
  }
  if (keys) await removeKeys(cloud, of)
  throw new AppError(
    'Conflict',
    `Other requests took the name ${of.name} or its subnet in between, again and again. Ask again.`,
    {
      retryAfterSeconds: 1,
    },
  )
}

/** The record, whether the virtual lab may have no more, and the first free slot of the deployment's own order; the whole range is read only when it is nearly full. */
async function lookForSlot({ cloud, site }: Context, of: Tenant & Deployment) {
  const candidates = slotCandidates(site.network, of.deploymentId)
  let found: Cluster | undefined
  for (let from = 0; from < candidates.length; from += slotsAtOnce) {
    const { cluster, freeSlots, clustersOfLab } = await cloud.getClusterAndFreeSlots(
      of.name,
      candidates.slice(from, from + slotsAtOnce),
      of.virtualLab,
    )
    const isFull = (clustersOfLab ?? 0) >= site.limits.clustersPerVirtualLab
    if (isFull || freeSlots[0] !== undefined || (cluster && stands(cluster)))
      return { cluster, slot: freeSlots[0], isFull }
    found = cluster
  }
  return { cluster: found, slot: undefined, isFull: false }
}

/** A cluster that failed and is cleaned up makes room for the next deployment. */
const stands = ({ wanted, status }: Cluster): boolean => wanted === 'absent' || status !== 'CREATE_FAILED'

const newCluster = (
  of: Tenant & Deployment,
  spec: Spec,
  own: { slot: number; keys: Keys; life: Life; requestedAt: string; version: number },
): Cluster => ({
  ...of,
  ...own,
  wanted: 'present',
  spec,
  status: 'CREATE_REQUEST_RECEIVED',
  statusSince: own.requestedAt,
  dueAt: own.requestedAt,
})

const wishText = ({ tier, lustre, shape }: Spec): string =>
  `A ${tier} cluster ${lustre ? 'with' : 'without'} Lustre was asked for.${shape ? ` ${shape.why}` : ''}`

const beingDeleted = (name: string): AppError =>
  new AppError('ClusterDeleting', `The cluster ${name} is being deleted. Ask again once it is gone.`, {
    retryAfterSeconds: 60,
  })

const noSlotLeft = ({ site }: Context): AppError =>
  new AppError(
    'NoSlotLeft',
    `All ${slotCount(site.network)} subnets of ${site.network.clusterRange} are in use. Delete a cluster, or ask again later.`,
    { retryAfterSeconds: 300 },
  )

const tooManyClusters = ({ site: { limits } }: Context, { virtualLab }: Tenant): AppError =>
  new AppError(
    'TooManyClusters',
    `The virtual lab ${virtualLab} has ${limits.clustersPerVirtualLab} clusters, which is its limit. Delete one, or have the operators raise limits.clustersPerVirtualLab.`,
    { retryAfterSeconds: 300 },
  )
