// How the stacks of a cluster that shall go are removed, from the gentle way to the harsh one: by the deployment's own
// stack, which takes ParallelCluster's with it; again and again where CloudFormation could not; then ParallelCluster's
// stack by itself, which is what mostly holds the rest; and last without what cannot be deleted.
import type { Cluster, Failure, Leftover, Removal } from '../cluster.ts'
import type { Site } from '../site.ts'
import type { Look, Step } from './decide.ts'

/** After so many seconds a stack that could not be deleted is tried again; the last of them is the last plain try. */
export const retrySeconds = [60, 120, 300, 900, 1800, 3600]
/** Each try without what could not be deleted makes the stack smaller, so these need not wait long. */
const retainingSeconds = 60
/** How long a forced deletion leaves ParallelCluster's stack to its provider, which does it better than we. */
export const graceSeconds = 300

export const newRemoval = (now: Date): Removal => ({ since: now.toISOString(), tries: 0, pclusterTries: 0 })

export const isForced = ({ wanted, forced }: Cluster): boolean => wanted === 'absent' && forced === true

/** Seconds since the removal began; 0 where it has not. */
export const removalSeconds = ({ removal }: Cluster, now: Date): number =>
  removal ? (now.getTime() - Date.parse(removal.since)) / 1000 : 0

export function decideRemoval(cluster: Cluster, look: Look, limits: Site['limitSeconds']): Step {
  const { own, pcluster, now } = look
  if (own === 'absent' && pcluster === 'absent') return over(cluster)
  if (own === 'stuck') return decideStuck(cluster, look, limits)
  if (own === 'absent') return decidePcluster(cluster, look, limits)
  // A provider that never answers has CloudFormation wait for an hour.
  if (own === 'deleting' && pcluster !== 'absent' && mayIntervene(cluster, now, limits))
    return decidePcluster(cluster, look, limits)
  if (own === 'deleting' || own === 'updating') return waitOrTell(cluster, now, limits, timedOut(limits))
  return { do: 'remove' }
}

function decideStuck(cluster: Cluster, look: Look, limits: Site['limitSeconds']): Step {
  const { removal } = cluster
  const { pcluster, isOurs, now } = look
  const isWorn = (removal?.tries ?? 0) > retrySeconds.length || isForced(cluster)
  if (isWorn && isOurs && pcluster === 'deleting')
    return waitOrTell(cluster, now, limits, stackStuck(removal?.held))
  // Once it has been tried often enough, ParallelCluster's stack is what has to go first.
  const isPclustersTurn = isWorn && isOurs && pcluster === 'stuck' && (removal?.tries ?? 0) > 0
  if (!removal?.retryAt) return { do: 'noteStuck', of: isPclustersTurn ? 'pcluster' : 'own' }
  if (!isDue(cluster, now)) return { do: 'pause' }
  if (!isWorn) return { do: 'remove' }
  if (isOurs && pcluster !== 'absent') return removePcluster(cluster, look)
  return { do: 'remove', retaining: true }
}

function decidePcluster(cluster: Cluster, look: Look, limits: Site['limitSeconds']): Step {
  const { own, pcluster, isOurs, now } = look
  const isRipe = mayIntervene(cluster, now, limits)
  // What another deployment or someone else built is not ours to remove; the name is not free meanwhile.
  if (!isOurs && own === 'absent' && isRipe && isForced(cluster)) return over(cluster)
  if (!isOurs || !isRipe || pcluster === 'deleting')
    return waitOrTell(cluster, now, limits, own === 'absent' ? pclusterStackRemains : timedOut(limits))
  if (pcluster === 'stuck') {
    if (!cluster.removal?.retryAt) return { do: 'noteStuck', of: 'pcluster' }
    if (!isDue(cluster, now)) return { do: 'pause' }
  }
  return removePcluster(cluster, look)
}

/** What is in it costs money, so only somebody's force leaves any of it behind, and not before a try without. */
const removePcluster = (cluster: Cluster, { pcluster }: Look): Step => ({
  do: 'removePcluster',
  retaining: pcluster === 'stuck' && isForced(cluster) && (cluster.removal?.pclusterTries ?? 0) > 0,
})

const over = ({ wanted }: Cluster): Step => ({ do: wanted === 'absent' ? 'forget' : 'settleFailure' })

const mayIntervene = (cluster: Cluster, now: Date, limits: Site['limitSeconds']): boolean =>
  removalSeconds(cluster, now) > (isForced(cluster) ? graceSeconds : limits.deleting)

const isDue = (cluster: Cluster, now: Date): boolean =>
  isForced(cluster) || Date.parse(cluster.removal?.retryAt ?? '') <= now.getTime()

const waitOrTell = (cluster: Cluster, now: Date, limits: Site['limitSeconds'], stuck: Failure): Step =>
  isOverdue(cluster, now, limits) ? { do: 'wait', stuck } : { do: 'wait' }

/** Force begins the time anew. */
export const isOverdue = ({ removal }: Cluster, now: Date, limits: Site['limitSeconds']): boolean =>
  removal !== undefined &&
  now.getTime() - Date.parse(removal.forcedAt ?? removal.since) > limits.deleting * 1000

/** How long a stack that got stuck for the nth time is left alone; what holds it may pass. */
export const secondsUntilRetry = (of: 'own' | 'pcluster', tries: number): number =>
  retrySeconds[tries - 1] ?? (of === 'own' ? retainingSeconds : (retrySeconds.at(-1) as number))

export const stackStuck = (held: Leftover[] = []): Failure => ({
  reason: 'StackStuck',
  message: `CloudFormation could not delete all of the cluster's stack${listed(held)}. It is tried again.`,
})
export const pclusterStackStuck = (held: Leftover[]): Failure => ({
  reason: 'PclusterStackStuck',
  message: `CloudFormation could not delete all of ParallelCluster's own stack${listed(held)}. It is tried again.`,
})
export const leftBehind = (left: Leftover[]): Failure => ({
  reason: 'Leftovers',
  message: `The cluster's stacks are gone, and what could not be deleted is left${listed(left)}. Delete it by hand: the record goes once it is seen to be gone, at the latest an hour later.`,
})
const pclusterStackRemains: Failure = {
  reason: 'PclusterStackRemains',
  message:
    "ParallelCluster's own stack is still there although the cluster's stack is gone. It is looked at again.",
}
const timedOut = ({ deleting }: Site['limitSeconds']): Failure => ({
  reason: 'DeletionTimedOut',
  message: `CloudFormation has not ended the deletion within ${deleting} seconds. It is looked at again.`,
})

/** Reasons are cut, since a message has to stay one that people read. */
export const listed = (held: Leftover[]): string =>
  held.length === 0
    ? ''
    : `: ${held.map(({ logicalId, type, physicalId, reason }) => `${logicalId} (${type} ${physicalId}${reason ? `: ${reason.slice(0, 200)}` : ''})`).join('; ')}`
