// One pass over one cluster: look, decide, act, record. A message says which cluster, never what to do; a pass
// may happen twice, at the same time or half, and the next one goes on from what is there.
import type { Cloud, Message } from '../cloud.ts'
import type { Context } from '../context.ts'
import { isAppError } from '../errors.ts'
import { removeKeys } from '../keys.ts'
import { stackName } from '../names.ts'
import { movesData } from './data-steps.ts'
import { decide } from './decide.ts'
import { isEarly } from './record.ts'
import { act } from './steps.ts'

/**
 * How long to wait each time that a message finds no record, in all far more than a request may last; after that its create
 * was never written. The queue tells the time: by a clock that jumped, a create that is being written would look old.
 */
const missingSeconds = [2, 4, 8, 16, 32, 64]

export async function reconcile(context: Context, message: Message): Promise<void> {
  const { cloud, site } = context
  const cluster = await cloud.getCluster(message.name)
  if (cluster?.deploymentId !== message.deploymentId) return tidyUnwritten(cloud, message)

  const now = cloud.now()
  if (!message.prompt && isEarly(cluster, now)) return
  const [own, pcluster] = await Promise.all([
    cloud.getStack(stackName(cluster)),
    cloud.getStack(cluster.name),
  ])
  const step = decide(
    cluster,
    { own: own.phase, pclusterStack: pcluster.phase !== 'absent', now, movesData: movesData(site, cluster) },
    site.limitSeconds,
  )
  try {
    await act[step.do](context, cluster, own, step as never)
  } catch (error) {
    // Another pass or a wish came first; whoever wrote the record has asked for the next look.
    if (!isAppError(error, 'Conflict')) throw error
  }
}

/** A message whose deployment has no record: the create is being written, or it crashed and left keys, or it is over. */
async function tidyUnwritten(cloud: Cloud, message: Message): Promise<void> {
  if (!message.requestedAt) return removeLateStack(cloud, message)
  const { missed = 0 } = message
  const seconds = missingSeconds[missed]
  // Twice as late each time: without a record nothing tells a message from its double, so there must be few of them.
  if (seconds !== undefined) return cloud.wake({ ...message, missed: missed + 1 }, seconds)
  await removeKeys(cloud, message)
}

/** A pass that was held up may start a stack when its cluster is forgotten already; the stack's own events tell of it. */
async function removeLateStack(cloud: Cloud, message: Message): Promise<void> {
  const name = stackName(message)
  const { phase } = await cloud.getStack(name)
  if (phase === 'creating' || phase === 'ready' || phase === 'failed') await cloud.deleteStack(name)
}
