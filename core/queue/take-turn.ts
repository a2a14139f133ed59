// The gate before an operation of the provider: it is admitted, or it waits in the queue. A record that is admitted goes
// on without asking again, also when the pass that was admitted dies.
import type { NewEvent } from '../cloud.ts'
import type { Cluster } from '../cluster.ts'
import type { Context } from '../context.ts'
import { isAppError } from '../errors.ts'
import type { Step } from '../reconcile/decide.ts'
import { isEarly } from '../reconcile/record.ts'
import { isInFlight, type Operation, type OperationKind } from './entry.ts'
import { room, startAt } from './limits.ts'
import { inOrder } from './order.ts'

/**
 * What waits is woken by whoever ends an operation, and by the sweep; this look is for a record whose line of the queue
 * someone else removed.
 */
const waitingSeconds = 3600

const kinds: Partial<Record<Step['do'], OperationKind>> = {
  create: 'create',
  update: 'update',
  remove: 'delete',
  removePcluster: 'delete',
}

/** The record as it may go on with the step; undefined where it waits. Throws `Conflict` when the record has changed. */
export async function takeTurn(context: Context, cluster: Cluster, step: Step): Promise<Cluster | undefined> {
  const kind = kinds[step.do]
  if (!kind || isInFlight(cluster)) return cluster
  const { cloud, site } = context
  const now = cloud.now()
  const known = cluster.operation?.kind === kind ? cluster.operation : undefined
  const since = kind === 'create' ? cluster.requestedAt : now.toISOString()
  const operation: Operation = known ?? { kind, since }
  const waits = { ...cluster, operation }

  const queue = await cloud.getQueue()
  const others = queue.entries.filter(({ name }) => name !== cluster.name)
  const order = inOrder([...others, { ...cluster, ...operation }])
  const ahead = order.findIndex(({ name }) => name === cluster.name)
  if (ahead < room(queue, site.limits, now)) {
    const dueAt = now.toISOString()
    const after: Cluster = { ...waits, operation: { ...operation, admittedAt: dueAt }, dueAt }
    const events = known ? [itsTurn(known, now)] : []
    const start = startAt(queue, site.limits, now)
    try {
      await cloud.commit({ before: cluster, after, events, bounds: { start } })
      return { ...after, version: cluster.version + 1 }
    } catch (error) {
      // Others were admitted at the same moment, and took the last place.
      if (!isAppError(error, 'Conflict')) throw error
    }
  }
  if (known && !isEarly(cluster, now)) await wait([])
  if (!known) await wait([itWaits(ahead)])
  return undefined

  async function wait(events: NewEvent[]): Promise<void> {
    const dueAt = new Date(now.getTime() + waitingSeconds * 1000).toISOString()
    await cloud.commit({ before: cluster, after: { ...waits, dueAt }, events })
  }
}

const itWaits = (ahead: number): NewEvent => ({
  type: 'Progress',
  reason: 'Queued',
  message: `It waits for its turn, since as much is under way as this site bears: ${ahead === 0 ? 'it is the next' : `${ahead} before it`}.`,
})

const itsTurn = ({ since }: Operation, now: Date): NewEvent => {
  const seconds = Math.round((now.getTime() - Date.parse(since)) / 1000)
  return { type: 'Progress', reason: 'Admitted', message: `Its turn came after ${seconds} seconds.`, seconds }
}
