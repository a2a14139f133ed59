// A pass that fails again and again, as where a right is missing, must not hide for ever what it is at: once the time of
// the cluster's state is over, that is told as for any other trouble, and the passes go on more rarely.
import { isBuilt } from '../built.ts'
import type { Cluster, Failure } from '../cluster.ts'
import type { Context } from '../context.ts'
import { isAppError } from '../errors.ts'
import { giveBack, isOutlived } from '../queue/end-turn.ts'
import { isOverdue, newRemoval } from './decide-removal.ts'
import { lookAgain, record, secondsSince } from './record.ts'
import { tellStuck } from './removal-steps.ts'

/** Whether the failure is on record now; if not, its pass is to be tried again at once. */
export async function tellOverdue(context: Context, before: Cluster, error: unknown): Promise<boolean> {
  const { cloud, site } = context
  const cluster = isOutlived(before, cloud.now()) ? await giveBack(context, before) : before
  const { creating } = site.limitSeconds
  const inStatus = secondsSince(context, cluster.statusSince)
  if (cluster.wanted === 'absent' || cluster.failure) {
    if (cluster.status === 'CREATE_FAILED') return false
    if (!cluster.removal) {
      // From now on it is known since when.
      await lookAgain(context, cluster, { removal: newRemoval(cloud.now()) })
      return false
    }
    if (!isOverdue(cluster, cloud.now(), site.limitSeconds)) return false
    await tellStuck(context, cluster, passFails('deletion', error))
    return true
  }
  if (cluster.status === 'UPDATE_IN_PROGRESS' && inStatus > 2 * creating) {
    const updateFailure = passFails('update', error)
    await record(context, cluster, { updateFailure, tried: cluster.generation ?? 0 }, [
      { type: 'Status', status: 'UPDATE_FAILED', ...updateFailure },
    ])
    return true
  }
  if (isBuilt(cluster) || inStatus <= creating) return false
  const failure = passFails('creation', error)
  await lookAgain(context, cluster, { failure, removal: newRemoval(cloud.now()) }, [
    { type: 'Failure', ...failure },
  ])
  return true
}

/** AWS's own message names accounts and roles, and so is for the log only. */
const passFails = (what: string, error: unknown): Failure => ({
  reason: 'PassFails',
  message: `The time for the ${what} is over, and looking after it fails (${kindOf(error)}). The log of the reconcile function says why. It is tried again.`,
})

const kindOf = (error: unknown): string =>
  isAppError(error) ? error.code : error instanceof Error ? error.name : 'unknown'
