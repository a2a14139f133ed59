// The wish that a cluster be gone. The stack is the reconciler's to delete.

import type { ClusterView } from '../answers.ts'
import type { Cluster } from '../cluster.ts'
import type { Context } from '../context.ts'
import type { Input } from '../contract.ts'
import { AppError, isAppError } from '../errors.ts'
import { view } from '../view.ts'
import { requireCluster } from './get-cluster.ts'

export async function deleteCluster(
  context: Context,
  { name, force }: Input<'deleteCluster'>,
): Promise<ClusterView> {
  return view(await wishAbsent(context, name, force === 'true'), context.site)
}

// The reconciler writes often while it works; each round sees its latest write.
const rounds = 5

const asked = 'The deletion was asked for.'
const byForce =
  'The deletion by force was asked for: data that are not exported are lost, and what cannot be deleted is left.'

/** The cluster with the wish written. Throws `ClusterNotFound`. */
export async function wishAbsent(context: Context, name: string, force = false): Promise<Cluster> {
  const { cloud } = context
  for (let round = 1; round <= rounds; round++) {
    const before = await requireCluster(context, name)
    const isWished = before.wanted === 'absent' && (!force || before.forced === true)
    const after: Cluster = {
      ...before,
      wanted: 'absent',
      ...(force ? { forced: true } : {}),
      ...(isWished ? {} : { dueAt: cloud.now().toISOString() }),
    }
    try {
      if (!isWished)
        await cloud.commit({ before, after, events: [{ type: 'Wish', message: force ? byForce : asked }] })
      // Also for a wish that was written before: its message may have been lost.
      await cloud.wake({ name, deploymentId: before.deploymentId, prompt: true }, 0)
      return after
    } catch (error) {
      if (!isAppError(error, 'Conflict')) throw error
    }
  }
  throw new AppError('Conflict', `The cluster ${name} changes too often right now. Ask again.`, {
    retryAfterSeconds: 2,
  })
}
