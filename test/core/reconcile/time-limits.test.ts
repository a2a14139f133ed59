// No state lasts for ever without being told: of each status, what its time is, and what follows when that is over.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { StackPhase } from '../../../core/cloud.ts'
import { type Cluster, Status } from '../../../core/cluster.ts'
import { decide, type Step } from '../../../core/reconcile/decide.ts'
import { aCluster, aSite } from '../samples.ts'

const limits = { ...aSite().limitSeconds, creating: 3000, deleting: 4000 }
const since = '2026-08-01T00:00:00.000Z'
const failure = { reason: 'CreateFailed', message: 'Subnet: no' }
const removal = { since, tries: 0, pclusterTries: 0 }
const wished = { stackId: 'arn', generation: 1 }
const unwanted = { wanted: 'absent', removal } as const

type Limit = {
  limit: number
  cluster: Partial<Cluster>
  own: StackPhase
  /** What is done as long as there is time. */
  before?: Step['do']
  leads: object
}
/** `none`: nothing is awaited in it. That of an update which was wished for in it is that of UPDATE_IN_PROGRESS on the wire. */
const table: Record<Status, Limit[] | 'none'> = {
  CREATE_REQUEST_RECEIVED: [
    {
      limit: limits.queuing,
      cluster: { operation: { kind: 'create', since } },
      own: 'absent',
      leads: { failure: { reason: 'QueuedTooLong' } },
    },
    { limit: limits.creating, cluster: {}, own: 'absent', leads: { failure: { reason: 'TimedOut' } } },
  ],
  CREATE_IN_PROGRESS: [
    {
      limit: limits.creating,
      cluster: { stackId: 'arn' },
      own: 'creating',
      leads: { failure: { reason: 'TimedOut' } },
    },
    {
      limit: limits.deleting,
      cluster: { failure, removal, stackId: 'arn' },
      own: 'deleting',
      leads: { stuck: { reason: 'DeletionTimedOut' } },
    },
  ],
  CREATE_COMPLETE: 'none',
  CREATE_FAILED: 'none',
  UPDATE_IN_PROGRESS: [
    {
      limit: 2 * limits.creating,
      cluster: { stackId: 'arn', generation: 1, tried: 1 },
      own: 'updating',
      leads: { do: 'failUpdate', failure: { reason: 'UpdateTimedOut' } },
    },
  ],
  UPDATE_COMPLETE: [
    {
      limit: 2 * limits.creating,
      cluster: { ...wished, updateWishedAt: since },
      own: 'updating',
      leads: { do: 'failUpdate', failure: { reason: 'UpdateNotBegun' } },
    },
    {
      limit: limits.queuing,
      cluster: { ...wished, updateWishedAt: since, operation: { kind: 'update', since } },
      own: 'ready',
      before: 'update',
      leads: { do: 'failUpdate', failure: { reason: 'QueuedTooLong' } },
    },
  ],
  UPDATE_FAILED: 'none',
  DELETE_IN_PROGRESS: [
    ...(['deleting', 'updating'] as const).map((own) => ({
      limit: limits.deleting,
      cluster: { ...unwanted, stackId: 'arn' },
      own,
      leads: { do: 'wait', stuck: { reason: 'DeletionTimedOut' } },
    })),
    {
      limit: limits.deleting,
      cluster: { ...unwanted, stackId: 'arn' },
      own: 'absent',
      leads: { do: 'wait', stuck: { reason: 'PclusterStackRemains' } },
    },
  ],
  DELETE_FAILED: 'none',
}

const decided = (status: Status, { cluster, own }: Limit, seconds: number) =>
  decide(
    aCluster({ ...cluster, status, statusSince: since }),
    // Somebody else's, so that nothing can be done about it but wait.
    { own, pcluster: 'ready', isOurs: false, now: new Date(Date.parse(since) + seconds * 1000) },
    limits,
  )

describe('the time of a state', () => {
  const rows = Object.entries(table).flatMap(([status, all]) =>
    (all === 'none' ? [] : all).map((one) => ({ status: status as Status, ...one })),
  )
  it.each(rows)(
    '$status with its stack $own is told after $limit s, and not before',
    ({ status, ...one }) => {
      expect(decided(status, one, one.limit)).toEqual({ do: one.before ?? 'wait' })
      expect(decided(status, one, one.limit + 1)).toMatchObject(one.leads)
    },
  )

  it('has a row in docs/operations.md for every status', () => {
    const text = readFileSync(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8')
    const [, section = ''] = text.split('\n## How long a state lasts\n')
    const [page = ''] = section.split('\n## ')
    const named = [...page.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, status]) => status)
    expect([...new Set(named)].sort()).toEqual([...Status.options].sort())
  })
})
