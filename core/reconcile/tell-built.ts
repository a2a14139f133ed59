// What of a cluster that runs is told when its passes fail again and again: whatever they are at first, once its time is
// over, so that they go on with what comes after it; and where they are at nothing, that nobody looks after the cluster.
import { awaitsUpdate } from '../built.ts'
import type { Cluster, Failure } from '../cluster.ts'
import type { Context } from '../context.ts'
import { leaveQueue } from '../queue/end-turn.ts'
import { rotationIsDue } from '../rotation.ts'
import { importSince, movesData, stopImport } from './data-steps.ts'
import { importIsDue } from './decide.ts'
import { secondsUnbegun, unbegunLimit, updateSeconds } from './decide-update.ts'
import { auditSeconds, lookAgain, secondsSince } from './record.ts'
import { rotationSince, stopRotation } from './rotate-keys.ts'
import { failUpdate } from './steps.ts'

type Awaited = { seconds: number; limit: number; tell: () => Promise<void> }

/** Whether the failure is on record now. */
export async function tellBuilt(context: Context, cluster: Cluster, cause: string): Promise<boolean> {
  const { seconds, limit, tell } = awaited(context, cluster, cause)
  if (seconds <= limit) return false
  await tell()
  return true
}

/** What the passes are at, in the order in which `decide` has it. */
function awaited(context: Context, cluster: Cluster, cause: string): Awaited {
  const { cloud, site } = context
  const { limitSeconds: limits } = site
  const because = `(${cause}). The log of the reconcile function says why.`
  if (cluster.status === 'UPDATE_IN_PROGRESS') {
    const message = `The time for the update is over, and looking after it fails ${because} It is looked at again.`
    return {
      seconds: secondsSince(context, cluster.statusSince),
      limit: updateSeconds(limits),
      tell: () => failUpdate(context, cluster, { reason: 'PassFails', message }),
    }
  }
  if (awaitsUpdate(cluster)) {
    const message = `The update was not begun, since what comes before it fails ${because} Ask for it again.`
    return {
      seconds: secondsUnbegun(cluster, cloud.now()),
      limit: unbegunLimit(cluster, limits),
      tell: async () =>
        failUpdate(context, await leaveQueue(context, cluster), { reason: 'UpdateNotBegun', message }),
    }
  }
  if (rotationIsDue(cluster)) {
    const message = `The time for the new keys is over, and looking after them fails ${because} Both pairs are kept. Ask again to go on.`
    return {
      seconds: secondsSince(context, rotationSince(cluster)),
      limit: limits.rotating,
      tell: () => stopRotation(context, cluster, { reason: 'PassFails', message }),
    }
  }
  if (importIsDue(cluster, { movesData: movesData(site, cluster) }))
    return {
      seconds: secondsSince(context, importSince(cluster)),
      limit: limits.importing,
      tell: () =>
        stopImport(
          context,
          cluster,
          `The time for the import is over, and looking after it fails ${because}`,
        ),
    }
  return unseen(context, cluster, `Nobody has looked after the cluster, since that fails ${because}`)
}

/** A look is overdue for as long as there is between two of them; from then on it is tried as often as any. */
function unseen(context: Context, cluster: Cluster, message: string): Awaited {
  const problem: Failure = { reason: 'PassFails', message }
  const known = (cluster.problems ?? []).filter(({ reason }) => reason !== problem.reason)
  const isNew = known.length === (cluster.problems ?? []).length
  return {
    seconds: secondsSince(context, cluster.dueAt ?? cluster.statusSince),
    limit: isNew ? auditSeconds : Number.NEGATIVE_INFINITY,
    tell: () =>
      lookAgain(
        context,
        cluster,
        { problems: [...known, problem] },
        isNew ? [{ type: 'Failure', ...problem }] : [],
        auditSeconds,
      ),
  }
}
