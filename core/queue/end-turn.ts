// The end of an operation, by what its stacks do and not by what is told of it: a deletion that is told as stuck may still
// be at work, and is one of those that the provider bears until CloudFormation gives up.
import type { StackPhase } from '../cloud.ts'
import type { Cluster, Status } from '../cluster.ts'
import type { Context } from '../context.ts'
import type { Look, Step } from '../reconcile/decide.ts'
import { isInFlight } from './entry.ts'

/**
 * So long after it was told, nothing is at work any more, whatever its stack says: CloudFormation waits an hour at most for
 * the provider's answer, and as long again on the way back (user guide, "AWS::CloudFormation::CustomResource", ServiceTimeout).
 */
export const outlivedSeconds = 3 * 3600

const inProgress: StackPhase[] = ['creating', 'updating', 'deleting']
const toldStatuses: Status[] = ['UPDATE_FAILED', 'DELETE_FAILED']

/** They are part of an operation although no stack is at work yet, or end it by what they write. */
const ofAnOperation: Step['do'][] = [
  ...(['create', 'update', 'remove', 'removePcluster', 'force', 'fail'] as const),
  ...(['ready', 'updated', 'settleFailure', 'forget'] as const),
  // What is not seen at the first look may be at work all the same.
  'doubt',
]

/** The record, without its place where its operation is over. */
export function endTurn(context: Context, cluster: Cluster, look: Look, step: Step): Promise<Cluster> {
  const isAtWork = inProgress.includes(look.own) || (look.isOurs && inProgress.includes(look.pcluster))
  const isOver = !isAtWork && !isBeingMade(cluster) && !ofAnOperation.includes(step.do)
  return isOver || isOutlived(cluster, look.now) ? giveUpPlace(context, cluster) : Promise.resolve(cluster)
}

/** A create ends as ready or as failed: in between a pass that stood still may begin its stack at any time. */
const isBeingMade = ({ wanted, failure, operation }: Cluster): boolean =>
  wanted === 'present' && !failure && operation?.kind === 'create'

/** Whether it was told, or tried again, so long ago that nothing can be at work for it. */
export function isOutlived({ status, statusSince, operation }: Cluster, now: Date): boolean {
  const since = Math.max(Date.parse(statusSince), Date.parse(operation?.admittedAt ?? statusSince))
  return toldStatuses.includes(status) && now.getTime() - since > outlivedSeconds * 1000
}

/** Gives the place back; what waits keeps its line. */
export const giveUpPlace = async (context: Context, cluster: Cluster): Promise<Cluster> =>
  isInFlight(cluster) ? leaveQueue(context, cluster) : cluster

/** Gives back its place or its line, whichever it has. */
export async function leaveQueue({ cloud }: Context, cluster: Cluster): Promise<Cluster> {
  const { operation, ...after } = cluster
  if (!operation) return cluster
  await cloud.commit({ before: cluster, after, events: [] })
  return { ...after, version: cluster.version + 1 }
}
