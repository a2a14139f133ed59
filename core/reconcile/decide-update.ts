// The next step of an update, and how long each of its parts may last: until it is begun, and until it has ended.
import { awaitsUpdate } from '../built.ts'
import type { Cluster, Failure } from '../cluster.ts'
import { isWaiting } from '../queue/entry.ts'
import type { Site } from '../site.ts'
import type { Look, Step } from './decide.ts'

type Limits = Site['limitSeconds']

/** The next step for a cluster that has been ready, whose stack is there. */
export function decideUpdate(cluster: Cluster, { own, now }: Look, limits: Limits): Step {
  const { status, statusSince, updateFailure } = cluster
  if (status === 'UPDATE_IN_PROGRESS') {
    if (own === 'ready') return { do: 'updated' }
    if (own !== 'updating') return { do: 'failUpdate' }
    const limit = updateSeconds(limits)
    const isOver = secondsFrom(statusSince, now) > limit
    return isOver ? { do: 'failUpdate', failure: timedOut(limit) } : { do: 'wait' }
  }
  if (awaitsUpdate(cluster)) return decideUnbegun(cluster, own === 'updating', now, limits)
  // What was done late is done.
  if (status === 'UPDATE_FAILED' && endUnseen.has(updateFailure?.reason) && own === 'ready')
    return { do: 'updated' }
  return { do: 'rest' }
}

/** Held up by an update that someone else began, or that a pass of ours began which died before it could say so. */
function decideUnbegun(cluster: Cluster, isHeldUp: boolean, now: Date, limits: Limits): Step {
  const isOver = secondsUnbegun(cluster, now) > unbegunLimit(cluster, limits)
  if (isHeldUp) return isOver ? { do: 'failUpdate', failure: heldUp } : { do: 'wait' }
  return isOver && isWaiting(cluster)
    ? { do: 'failUpdate', failure: queuedTooLong(limits.queuing) }
    : { do: 'update' }
}

/** As long as a create, and as long again for the way back. */
export const updateSeconds = ({ creating }: Limits): number => 2 * creating

/** For how long nobody has begun an update that could have been, and how long that may last. */
export const secondsUnbegun = ({ operation, updateWishedAt, statusSince }: Cluster, now: Date): number =>
  secondsFrom(operation?.admittedAt ?? updateWishedAt ?? statusSince, now)
export const unbegunLimit = (cluster: Cluster, limits: Limits): number =>
  isWaiting(cluster) ? limits.queuing : updateSeconds(limits)

const secondsFrom = (time: string, now: Date): number => (now.getTime() - Date.parse(time)) / 1000

/** Why an update of ours counts as failed whose end nobody has seen. */
const endUnseen = new Set<string | undefined>(['UpdateTimedOut', 'PassFails'])

const timedOut = (limitSeconds: number): Failure => ({
  reason: 'UpdateTimedOut',
  message: `CloudFormation has not ended the update within ${limitSeconds} seconds. The cluster is looked at from time to time.`,
})
const queuedTooLong = (limitSeconds: number): Failure => ({
  reason: 'QueuedTooLong',
  message: `The update's turn has not come within ${limitSeconds} seconds. Ask for it again when fewer are waiting.`,
})
const heldUp: Failure = {
  reason: 'UpdateNotBegun',
  message:
    "The update was not begun: another one of the cluster's stack, which someone else began, has not ended. Ask for it again once that has.",
}
