// One pass over one cluster: look, decide, act, record. A message says which cluster, never what to do; a pass
// may happen twice, at the same time or half, and the next one goes on from what is there.
import type { Cloud, Message } from '../cloud.ts'
import type { Cluster } from '../cluster.ts'
import type { Context } from '../context.ts'
import { isAppError } from '../errors.ts'
import { hasHistory } from '../history.ts'
import { removeKeys, removePairs } from '../keys.ts'
import { lifeIsDue } from '../lifetime/due.ts'
import { stackName } from '../names.ts'
import { endTurn } from '../queue/end-turn.ts'
import { isWaiting } from '../queue/entry.ts'
import { takeTurn } from '../queue/take-turn.ts'
import { wakeNext, watchingEnds } from '../queue/wake-next.ts'
import { rotationIds } from '../rotation.ts'
import { movesData } from './data-steps.ts'
import { decide } from './decide.ts'
import { withPclusterStack } from './next-zone.ts'
import { isEarly } from './record.ts'
import { act } from './steps.ts'
import { tellOverdue } from './tell-overdue.ts'

/**
 * How long to wait each time that a message finds no record, in all far more than a request may last; after that its create
 * was never written. The queue tells the time: by a clock that jumped, a create that is being written would look old.
 */
const missingSeconds = [2, 4, 8, 16, 32, 64]

/** Answers the failure that it put on record in place of throwing it. */
export async function reconcile(context: Context, message: Message): Promise<unknown> {
  const { cloud } = context
  const cluster = await cloud.getCluster(message.name)
  if (cluster?.deploymentId !== message.deploymentId) return tidyUnwritten(cloud, message)

  if (message.rotationId && !rotationIds(cluster).includes(message.rotationId))
    return tidyUnwritten(cloud, message)

  // Whoever wakes one that waits does so because its turn may have come.
  if (!message.prompt && !isWaiting(cluster) && isEarly(cluster, cloud.now())) return undefined
  const watching = watchingEnds(context)
  let failure: unknown
  try {
    failure = await pass(watching.context, cluster)
  } catch (error) {
    // Another pass or a wish came first; whoever wrote the record has asked for the next look.
    const isOthers = isAppError(error, 'Conflict')
    if (!isOthers && !(await tellOverdue(watching.context, cluster, error))) throw error
    if (!isOthers) failure = error
  }
  if (watching.hasEnded()) await wakeNext(context)
  return failure
}

async function pass(context: Context, cluster: Cluster): Promise<unknown> {
  const { cloud, site } = context
  const [own, pcluster] = await Promise.all([
    cloud.getStack(stackName(cluster)),
    cloud.getStack(cluster.name),
  ])
  const now = cloud.now()
  const look = {
    own: own.phase,
    pcluster: pcluster.phase,
    isOurs: pcluster.deploymentId === cluster.deploymentId,
    now,
    movesData: movesData(site, cluster),
    lifeIsDue: lifeIsDue(cluster, site.lifetimes, now),
  }
  const step = decide(cluster, look, site.limitSeconds)
  const seen = await endTurn(context, withPclusterStack(cluster, own, pcluster), look, step)
  const admitted = await takeTurn(context, seen, step)
  return admitted && act[step.do](context, admitted, own, step as never)
}

/**
 * A message whose deployment, or whose rotation of keys, is on no record: the request is being written, or it crashed and
 * left keys, or it is over.
 */
async function tidyUnwritten(cloud: Cloud, message: Message): Promise<void> {
  if (!message.requestedAt) return removeLateStack(cloud, message)
  const { missed = 0 } = message
  const seconds = missingSeconds[missed]
  // Twice as late each time: without a record nothing tells a message from its double, so there must be few of them.
  if (seconds !== undefined) return cloud.wake({ ...message, missed: missed + 1 }, seconds)
  if (message.rotationId) return removePairs(cloud, message, [message.rotationId])
  await removeKeys(cloud, message)
}

/**
 * A pass that was held up may start a stack when its cluster is forgotten already; the stack's own events tell of it. So do those
 * of another environment's stacks, which are not ours to touch.
 */
async function removeLateStack(cloud: Cloud, message: Message): Promise<void> {
  if (!(await hasHistory(cloud, message))) return
  const name = stackName(message)
  const { phase } = await cloud.getStack(name)
  if (phase === 'creating' || phase === 'ready' || phase === 'failed') await cloud.deleteStack(name)
}
