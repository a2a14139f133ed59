// A pass that fails again and again, as where a right is missing, must not hide for ever what it is at: once the time of
// the cluster's state is over, that is told as for any other trouble, and the passes go on more rarely.
import { isBuilt } from '../built.ts'
import type { Cluster, Failure } from '../cluster.ts'
import type { Context } from '../context.ts'
import { kindOf } from '../errors.ts'
import { giveUpPlace, isOutlived } from '../queue/end-turn.ts'
import { isOverdue, newRemoval } from './decide-removal.ts'
import { lookAgain, secondsSince } from './record.ts'
import { tellStuck } from './removal-steps.ts'
import { tellBuilt } from './tell-built.ts'

/** Whether the failure is on record now; if not, its pass is to be tried again at once. */
export async function tellOverdue(context: Context, before: Cluster, error: unknown): Promise<boolean> {
  const { cloud, site } = context
  const cluster = isOutlived(before, cloud.now()) ? await giveUpPlace(context, before) : before
  // AWS's own message names accounts and roles, and so is for the log only.
  const cause = kindOf(error)
  if (cluster.wanted === 'absent' || cluster.failure) {
    if (cluster.status === 'CREATE_FAILED') return false
    if (!cluster.removal) {
      // From now on it is known since when.
      await lookAgain(context, cluster, { removal: newRemoval(cloud.now()) })
      return false
    }
    if (!isOverdue(cluster, cloud.now(), site.limitSeconds)) return false
    await tellStuck(context, cluster, passFails('deletion', cause))
    return true
  }
  if (isBuilt(cluster)) return tellBuilt(context, cluster, cause)
  if (secondsSince(context, cluster.statusSince) <= site.limitSeconds.creating) return false
  const failure = passFails('creation', cause)
  await lookAgain(context, cluster, { failure, removal: newRemoval(cloud.now()) }, [
    { type: 'Failure', ...failure },
  ])
  return true
}

const passFails = (what: string, cause: string): Failure => ({
  reason: 'PassFails',
  message: `The time for the ${what} is over, and looking after it fails (${cause}). The log of the reconcile function says why. It is tried again.`,
})
