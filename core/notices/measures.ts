// The metrics of the control plane: what the notices say in numbers, and what is counted every few minutes.
import type { Context } from '../context.ts'
import { slotCount } from '../slots.ts'
import type { Notice, NoticeType } from './notice.ts'

/** The namespace of the metrics in CloudWatch. */
export const metricNamespace = 'HpcProvisioner'
/** The value of the dimension `service`, which Powertools gives to every metric. */
export const metricService = 'hpc-provisioner'

export type Measure = {
  name: MeasureName
  unit: 'Count' | 'Seconds'
  value: number
  /** Told apart by it, beside the environment. */
  reason?: string
}

/** Every metric that there is, and what it says: docs/monitoring.md and the dashboard go by these names. */
export const measureNames = {
  Creations: 'clusters that became ready',
  CreationSeconds: 'from the request to ready',
  FailedCreations: 'clusters that did not become ready; also by reason',
  Updates: 'updates that ended well',
  FailedUpdates: 'updates that failed; also by reason',
  Deletions: 'clusters that are gone',
  DeletionSeconds: 'from the beginning of the deletion until all is gone',
  StuckDeletions: 'deletions that got stuck',
  SlotsFree: 'subnets that a new cluster could have',
  SlotsUsed: 'subnets that clusters have',
  OperationsInFlight: 'clusters that are being built, updated or deleted at the moment',
  OperationsQueued: 'operations that wait for their turn at the moment',
  QueueSeconds: 'how long the one that waits longest has waited',
  ClustersStuck: 'clusters that are DELETE_FAILED at the moment',
  Orphans: 'things that deployments left behind, counted once a day',
} as const
export type MeasureName = keyof typeof measureNames

const counts: Partial<Record<NoticeType, MeasureName>> = {
  'Cluster Ready': 'Creations',
  'Cluster Failed': 'FailedCreations',
  'Cluster Updated': 'Updates',
  'Cluster Update Failed': 'FailedUpdates',
  'Cluster Deleted': 'Deletions',
  'Cluster Stuck': 'StuckDeletions',
}
const durations: Partial<Record<NoticeType, MeasureName>> = {
  'Cluster Ready': 'CreationSeconds',
  'Cluster Deleted': 'DeletionSeconds',
}

export function measuresOf({ type, detail: { reason, seconds } }: Notice): Measure[] {
  const [count, duration] = [counts[type], durations[type]]
  return [
    ...(count ? [{ name: count, unit: 'Count' as const, value: 1 }] : []),
    ...(count && reason ? [{ name: count, unit: 'Count' as const, value: 1, reason }] : []),
    ...(duration && seconds !== undefined
      ? [{ name: duration, unit: 'Seconds' as const, value: seconds }]
      : []),
  ]
}

/** What is there at the moment. A schedule of its own asks, so that neither a request nor the sweep pays for it. */
export async function gauges({ cloud, site }: Context): Promise<Measure[]> {
  const [used, stuck, queue] = await Promise.all([
    cloud.countSlots(),
    cloud.countClusters('DELETE_FAILED'),
    cloud.getQueue(),
  ])
  const waiting = queue.entries.filter(({ admittedAt }) => admittedAt === undefined)
  const since = Math.min(cloud.now().getTime(), ...waiting.map((one) => Date.parse(one.since)))
  const count = (name: MeasureName, value: number): Measure => ({ name, unit: 'Count', value })
  return [
    count('SlotsFree', Math.max(0, slotCount(site.network) - used)),
    count('SlotsUsed', used),
    count('OperationsInFlight', queue.inFlight),
    count('OperationsQueued', waiting.length),
    { name: 'QueueSeconds', unit: 'Seconds', value: Math.round((cloud.now().getTime() - since) / 1000) },
    count('ClustersStuck', stuck),
  ]
}
