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
  { name }: Input<'deleteCluster'>,
): Promise<ClusterView> {
  return view(await wishAbsent(context, name), context.site)
}

// The reconciler writes often while it works; each round sees its latest write.
const rounds = 5

/** The cluster with the wish written. Throws `ClusterNotFound`. */
export async function wishAbsent(context: Context, name: string): Promise<Cluster> {
  const { cloud } = context
  for (let round = 1; round <= rounds; round++) {
    const before = await requireCluster(context, name)
    const after: Cluster = { ...before, wanted: 'absent', dueAt: cloud.now().toISOString() }
    try {
      if (before.wanted !== 'absent')
        await cloud.commit({
          before,
          after,
          events: [{ type: 'Wish', message: 'The deletion was asked for.' }],
        })
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
