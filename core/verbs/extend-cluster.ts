// The wish that a cluster be there for longer, or shorter: a matter of its record alone. Its stack is not touched.

import type { ClusterView } from '../answers.ts'
import { isBuilt } from '../built.ts'
import type { NewEvent } from '../cloud.ts'
import type { Cluster } from '../cluster.ts'
import type { Context } from '../context.ts'
import { AppError, isAppError } from '../errors.ts'
import { changedLife } from '../lifetime/choose-life.ts'
import type { LifeWish } from '../lifetime/life.ts'
import { view } from '../view.ts'
import { requireCluster } from './get-cluster.ts'

// A pass may record a fact in between; each round sees the latest write.
const rounds = 5

export async function extendCluster(context: Context, name: string, wish: LifeWish): Promise<ClusterView> {
  const { cloud, site } = context
  for (let round = 1; round <= rounds; round++) {
    const before = await requireCluster(context, name)
    refuseUnlessAlive(before)
    // One that is being built is looked at anyway.
    const look = isBuilt(before)
    const after: Cluster = {
      ...before,
      life: changedLife(before, wish, site.lifetimes, cloud.now()),
      ...(look ? { dueAt: cloud.now().toISOString() } : {}),
    }
    try {
      await cloud.commit({ before, after, events: [lifeWished(wish)] })
      if (look) await cloud.wake({ name, deploymentId: before.deploymentId, prompt: true }, 0)
      return view({ ...after, version: after.version + 1 }, site)
    } catch (error) {
      if (!isAppError(error, 'Conflict')) throw error
    }
  }
  throw changesTooOften(name)
}

/** For the history. */
export const lifeWished = (wish: LifeWish): NewEvent => ({
  type: 'Wish',
  message: `Asked for from now on: ${Object.entries(wish)
    .flatMap(([name, length]) => (length === undefined ? [] : `${name} ${length}`))
    .join(', ')}.`,
})

/** Throws unless it is there and to stay. */
export function refuseUnlessAlive({ name, wanted, status, failure }: Cluster): void {
  if (wanted === 'absent')
    throw new AppError('ClusterDeleting', `The cluster ${name} is being deleted, so it cannot be updated.`, {
      retryAfterSeconds: 60,
    })
  if (failure || status === 'CREATE_FAILED')
    throw new AppError(
      'ClusterFailed',
      `The cluster ${name} has failed. Create it anew in the shape you want.`,
    )
}

export const changesTooOften = (name: string): AppError =>
  new AppError('Conflict', `The cluster ${name} changes too often right now. Ask again.`, {
    retryAfterSeconds: 2,
  })
