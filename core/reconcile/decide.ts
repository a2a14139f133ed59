// What a look at a cluster leads to: a table of what is wanted by what the stack is, and the few guards around it.
import { isBuilt } from '../built.ts'
import type { StackPhase } from '../cloud.ts'
import type { Cluster, Failure } from '../cluster.ts'
import { isWaiting } from '../queue/entry.ts'
import { rotationIsDue } from '../rotation.ts'
import type { Site } from '../site.ts'
import { decideRemoval, isForced, removalSeconds } from './decide-removal.ts'
import { decideUpdate } from './decide-update.ts'
import { isMovingOn, noCapacity } from './next-zone.ts'

export type Step =
  /** Start the stack. */
  | { do: 'create' }
  /** Look again later; tell that it is stuck where it takes too long. */
  | { do: 'wait'; stuck?: Failure }
  /** The stack is complete: record what it made. */
  | { do: 'ready' }
  /** Start the update of the stack. */
  | { do: 'update' }
  /** The update is complete: record what it made. */
  | { do: 'updated' }
  /** The update failed and what was before it runs: record why. */
  | { do: 'failUpdate'; failure?: Failure }
  /** A stack that should be there was not found: look once more before anything is concluded. */
  | { do: 'doubt' }
  /** It will not become ready: record why, then clean up. */
  | { do: 'fail'; failure?: Failure }
  /** Start the stack's deletion, without what could not be deleted where `retaining`. */
  | { do: 'remove'; retaining?: boolean }
  /** The removal goes on by force. */
  | { do: 'force' }
  /** Start the deletion of ParallelCluster's own stack, which the provider has not done. */
  | { do: 'removePcluster'; retaining: boolean }
  /** A deletion ended without deleting all: record what holds it, and when it is tried again. */
  | { do: 'noteStuck'; of: 'own' | 'pcluster' }
  /** Leave a stuck deletion alone until its next try. */
  | { do: 'pause' }
  /** A failed create is cleaned up: give back what it held. */
  | { do: 'settleFailure' }
  /** A deletion is complete: give back what it held and forget the record. */
  | { do: 'forget' }
  /** Import what the buckets hold into the cluster's Lustre, or see how far that is. */
  | { do: 'importData' }
  /** End the nodes, so that nothing writes any more. */
  | { do: 'drain' }
  /** Export what the buckets lack, or see how far that is. */
  | { do: 'exportData' }
  /** Bring new keys to the nodes, or see how far that is. */
  | { do: 'rotateKeys' }
  /** Warn of its end, end it, or ask whether it has jobs. */
  | { do: 'watchLifetime' }
  /** Nothing to do but to see now and then that nobody touched it. */
  | { do: 'rest' }

export type Look = {
  own: StackPhase
  /** ParallelCluster's own stack, named by the cluster. */
  pcluster: StackPhase
  /** Whether that one is of this deployment. */
  isOurs: boolean
  now: Date
  /** Whether its data are moved between Lustre and buckets by tasks. */
  movesData?: boolean
  /** Whether something is due of its lifetime: core/lifetime/due.ts. */
  lifeIsDue?: boolean
}

type Row = Record<StackPhase, Step['do']>

const steps: Row = {
  absent: 'create',
  creating: 'wait',
  ready: 'ready',
  failed: 'fail',
  // Someone else's, since ours begin with a cluster that is ready; see decideUpdate.
  updating: 'wait',
  reverted: 'ready',
  halfway: 'ready',
  deleting: 'wait',
  stuck: 'fail',
}

/** The next step for a cluster. Pure: the same look leads to the same step. */
export function decide(cluster: Cluster, look: Look, limits: Site['limitSeconds']): Step {
  const seconds = (look.now.getTime() - Date.parse(cluster.statusSince)) / 1000
  if (cluster.wanted === 'absent') return decideAbsent(cluster, look, limits)
  if (cluster.failure)
    return cluster.status === 'CREATE_FAILED' && look.own === 'absent'
      ? { do: 'rest' }
      : afterFlush(cluster, look, decideRemoval(cluster, look, limits))
  if (isMovingOn(cluster)) return decideMoving(cluster, look, limits)
  if (look.own === 'absent' && cluster.stackId) return onceSure(cluster, look.now, stackVanished)
  if (isBuilt(cluster) && isThere.includes(look.own)) {
    if (look.pcluster === 'absent') return onceSure(cluster, look.now, pclusterStackVanished)
    const update = decideUpdate(cluster, look, limits)
    if (look.lifeIsDue && (update.do === 'rest' || update.do === 'wait')) return { do: 'watchLifetime' }
    if (update.do !== 'rest') return update
    if (rotationIsDue(cluster)) return { do: 'rotateKeys' }
    return importIsDue(cluster, look) ? { do: 'importData' } : update
  }
  // CloudFormation takes back no deletion, whether it can end it or not.
  if (isBuilt(cluster) && isGoing.includes(look.own)) return { do: 'fail', failure: stackVanished }
  const step = steps[look.own]
  if (!isBuilt(cluster) && cluster.status !== 'CREATE_FAILED' && step !== 'ready') {
    if (isWaiting(cluster) && seconds > limits.queuing)
      return { do: 'fail', failure: queuedTooLong(limits.queuing) }
    if (!isWaiting(cluster) && secondsCreating(cluster, look.now) > limits.creating)
      return { do: 'fail', failure: timedOut(limits.creating) }
  }
  // ParallelCluster's stack goes by the cluster's name: while one is there, a create that fails would delete it.
  if (look.own === 'absent' && look.pcluster !== 'absent') return { do: 'wait' }
  return { do: step } as Step
}

/** CloudFormation's answers are eventually consistent: one that finds nothing is asked for again so much later. */
export const doubtSeconds = 60
/** A doubt that is older is of another time, and was dispelled. */
const doubtEndsSeconds = 900

function onceSure({ missedAt }: Cluster, now: Date, failure: Failure): Step {
  const seconds = missedAt === undefined ? undefined : (now.getTime() - Date.parse(missedAt)) / 1000
  if (seconds === undefined || seconds < 0 || seconds > doubtEndsSeconds) return { do: 'doubt' }
  return seconds < doubtSeconds ? { do: 'wait' } : { do: 'fail', failure }
}

/** A create that goes on in another zone, once its failed stack is gone. */
function decideMoving(cluster: Cluster, { own, pcluster, now }: Look, limits: Site['limitSeconds']): Step {
  if (own === 'absent' && pcluster === 'absent') return { do: 'create' }
  const isOver = secondsCreating(cluster, now) > limits.creating + limits.deleting
  // What is left of the first try is in the way of a second one.
  if (own === 'stuck' || isOver) return { do: 'fail', failure: noCapacity(cluster.zonesTried ?? []) }
  // A pass that is late may see the next zone's stack with the record of before: what is begun is left alone.
  return { do: own === 'failed' || own === 'reverted' || own === 'halfway' ? 'remove' : 'wait' }
}

/** Without the time that it waited for its turn. */
const secondsCreating = ({ status, statusSince, operation }: Cluster, now: Date): number => {
  const since = status === 'CREATE_REQUEST_RECEIVED' ? (operation?.admittedAt ?? statusSince) : statusSince
  return (now.getTime() - Date.parse(since)) / 1000
}

function decideAbsent(cluster: Cluster, look: Look, limits: Site['limitSeconds']): Step {
  const step = decideRemoval(cluster, look, limits)
  if (step.do === 'forget' && mayStillStart(cluster, look.now)) return { do: 'remove' }
  if (isForced(cluster) && !cluster.removal?.forcedAt && step.do !== 'forget') return { do: 'force' }
  return afterFlush(cluster, look, step)
}

/** Before a step that ends the file system: its data are brought to where they stay. */
function afterFlush(cluster: Cluster, look: Look, step: Step): Step {
  const isTheEnd = step.do === 'remove' || step.do === 'removePcluster'
  if (!isTheEnd || isForced(cluster) || !flushIsDue(cluster, look)) return step
  return { do: cluster.flush?.phase === 'exporting' ? 'exportData' : 'drain' }
}

/** Also while it is updated: who looks at it then knows that there is more to come. */
export const importIsDue = ({ dataImport }: Cluster, { movesData }: Pick<Look, 'movesData'>): boolean =>
  movesData === true && dataImport?.phase !== 'over'

/** Nobody has worked on a cluster that was never ready, and where ParallelCluster's stack is going nothing can be saved. */
const flushIsDue = ({ readyAt, flush }: Cluster, { pcluster, isOurs, movesData }: Look): boolean =>
  movesData === true &&
  readyAt !== undefined &&
  flush?.phase !== 'over' &&
  isOurs &&
  holdsData.includes(pcluster)

const isThere: StackPhase[] = ['ready', 'updating', 'reverted', 'halfway']
/** Of a cluster that has been ready: whoever deletes the stack, it does not come back. */
const isGoing: StackPhase[] = ['deleting', 'stuck', 'failed']
/** Also where a deletion of it failed: it may have spared the file system. */
const holdsData: StackPhase[] = [...isThere, 'stuck']

/** No pass lasts longer, since the function's time limit is less: what it was about to start is started by then, or never. */
export const passSeconds = 75

/** Whether a pass that saw the cluster wanted may be about to start its stack, which nobody has seen yet. */
const mayStillStart = (cluster: Cluster, now: Date): boolean =>
  cluster.zone !== undefined &&
  cluster.stackId === undefined &&
  (!cluster.removal || removalSeconds(cluster, now) < passSeconds)

const stackVanished: Failure = {
  reason: 'StackVanished',
  message: "The cluster's stack was deleted by someone else. Create the cluster again.",
}
const pclusterStackVanished: Failure = {
  reason: 'PclusterStackVanished',
  message:
    "ParallelCluster's own stack was deleted by someone else, and the cluster with it. Create the cluster again.",
}
const timedOut = (limitSeconds: number): Failure => ({
  reason: 'TimedOut',
  message: `The cluster was not ready within ${limitSeconds} seconds. Create it again, or with another tier.`,
})
const queuedTooLong = (limitSeconds: number): Failure => ({
  reason: 'QueuedTooLong',
  message: `The cluster's turn has not come within ${limitSeconds} seconds. Create it again when fewer are waiting.`,
})
/** How long to wait before the next look: a fifth of the time passed so far, within 2 to 30 seconds. */
export const lookAgainSeconds = (sinceSeconds: number): number =>
  Math.min(30, Math.max(2, Math.round(sinceSeconds / 5)))
