// The in-memory tables: what aws/records.ts promises, kept by the same conditions.
import type { Change, Cloud, Page } from '../../core/cloud.ts'
import { Cluster, ClusterEvent } from '../../core/cluster.ts'
import { AppError } from '../../core/errors.ts'
import { counts } from '../../core/queue/claims.ts'
import { statusOf } from '../../core/view.ts'
import { auditTrail } from './audit.ts'
import { operationsTable } from './operations.ts'

export type Tables = ReturnType<typeof tables>
type Records = Pick<
  Cloud,
  | 'getCluster'
  | 'getClusterAndFreeSlots'
  | 'listClusters'
  | 'listDue'
  | 'listEvents'
  | 'commit'
  | 'getQueue'
  | 'countSlots'
  | 'countClusters'
  | 'addAudit'
  | 'listAudit'
>

export function tables(now: () => Date) {
  const clusters = new Map<string, Cluster>()
  const slots = new Map<number, { cluster: string; deploymentId: string }>()
  const events: ClusterEvent[] = []
  const { trail, add, calls: audit } = auditTrail()
  const operations = operationsTable()
  const get = (name: string) => structuredClone(clusters.get(name))

  const records: Records = {
    ...audit,
    getCluster: async (name) => get(name),
    getClusterAndFreeSlots: async (name, candidates, virtualLab) => ({
      cluster: get(name),
      freeSlots: candidates.filter((slot) => !slots.has(slot)),
      ...(virtualLab === undefined ? {} : { clustersOfLab: operations.clustersOf(virtualLab) }),
    }),
    async listClusters({ limit, cursor, virtualLab, status }) {
      const all = [...clusters.values()]
        .filter((one) => virtualLab === undefined || one.virtualLab === virtualLab)
        .filter((one) => status === undefined || statusOf(one) === status)
        .sort((a, b) => (a.name < b.name ? -1 : 1))
      return page(all, limit, cursor, ({ name }) => name)
    },
    listDue: async (by, limit) =>
      [...clusters.values()]
        .filter(({ dueAt }) => dueAt !== undefined && dueAt <= by.toISOString())
        .sort((a, b) => ((a.dueAt ?? '') < (b.dueAt ?? '') ? -1 : 1))
        .slice(0, limit)
        .map(({ name, deploymentId }) => ({ name, deploymentId })),
    listEvents: async ({ name, limit, cursor }) =>
      page(
        events.filter(({ cluster }) => cluster === name),
        limit,
        cursor,
        ({ id }) => id,
      ),
    commit: async (change) => commit(change),
    getQueue: async () => operations.queue(),
    countSlots: async () => slots.size,
    countClusters: async (status) => [...clusters.values()].filter((one) => statusOf(one) === status).length,
  }

  function commit(change: Change): void {
    const { before, after, events: told, audit: entry, keepsSlot = false } = change
    const of = after ?? before
    if (!of) return
    const stored = clusters.get(of.name)
    if (stored?.version !== before?.version || stored?.deploymentId !== before?.deploymentId) throw conflict()
    const operate = operations.prepare(change)
    if (!operate) throw conflict()
    if (before?.slot !== after?.slot) {
      if (before?.slot !== undefined && slots.get(before.slot)?.deploymentId !== before.deploymentId)
        throw conflict()
      if (after?.slot !== undefined && slots.has(after.slot)) throw conflict()
      if (before?.slot !== undefined && !keepsSlot) slots.delete(before.slot)
      if (after?.slot !== undefined)
        slots.set(after.slot, { cluster: after.name, deploymentId: after.deploymentId })
    }
    operate()
    const version = (before?.version ?? 0) + 1
    if (after) clusters.set(after.name, Cluster.parse({ ...after, version, isCounted: counts(after) }))
    else clusters.delete(of.name)
    if (entry) add(entry)
    for (const event of told) {
      const { name: cluster, virtualLab, project, deploymentId } = of
      const id = String(events.length + 1).padStart(26, '0')
      const at = now().toISOString()
      events.push(ClusterEvent.parse({ id, at, cluster, virtualLab, project, deploymentId, ...event }))
    }
  }
  return { clusters, slots, events, trail, operations, records }
}

const conflict = () => new AppError('Conflict', 'The cluster was changed at the same moment. Ask again.')

function page<T>(all: T[], limit: number, cursor: string | undefined, key: (item: T) => string): Page<T> {
  const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString()
  if (cursor !== undefined && !/^[a-z0-9-]+$/.test(after))
    throw new AppError('InvalidRequest', 'The cursor is not one that this list gave.', {
      details: [{ path: 'cursor', message: 'must be the cursor of the page before' }],
    })
  const rest = all.filter((item) => key(item) > after)
  const items = structuredClone(rest.slice(0, limit))
  const last = items.at(-1)
  return rest.length > limit && last
    ? { items, cursor: Buffer.from(key(last)).toString('base64url') }
    : { items }
}
