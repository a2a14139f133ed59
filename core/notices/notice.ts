// What the world is told of a cluster: one notice for each turn of its life, made of the events of its history.

import { ClusterEvent } from '../cluster.ts'
import { jobLogGroupName } from '../names.ts'
import * as z from '../zod.ts'

/** The `source` of every notice on the event bus. */
export const noticeSource = 'hpc-provisioner'

export const noticeTypes = [
  'Cluster Ready',
  'Cluster Failed',
  'Cluster Updated',
  'Cluster Update Failed',
  'Cluster Deleting',
  'Cluster Deleted',
  'Cluster Stuck',
  'Cluster Expiring',
] as const
export type NoticeType = (typeof noticeTypes)[number]

/** Fields may be added to a version; a field that changes its meaning or goes away makes another. docs/events.md */
export const NoticeDetail = z.extend(z.omit(ClusterEvent, { type: true }), {
  version: z.literal('1'),
  jobLogGroup: z.string(),
})
export type NoticeDetail = z.infer<typeof NoticeDetail>

export type Notice = { type: NoticeType; detail: NoticeDetail }

const byStatus: Partial<Record<NonNullable<ClusterEvent['status']>, NoticeType>> = {
  CREATE_COMPLETE: 'Cluster Ready',
  CREATE_FAILED: 'Cluster Failed',
  UPDATE_COMPLETE: 'Cluster Updated',
  UPDATE_FAILED: 'Cluster Update Failed',
  DELETE_IN_PROGRESS: 'Cluster Deleting',
  DELETE_COMPLETE: 'Cluster Deleted',
  DELETE_FAILED: 'Cluster Stuck',
}

const byWarning: Record<string, NoticeType> = { LifetimeEnds: 'Cluster Expiring', Idle: 'Cluster Expiring' }

const namedByStatus = ({ type, status }: ClusterEvent): NoticeType | undefined =>
  status && type !== 'Wish' ? byStatus[status] : undefined

/** The notice that an event gives occasion to; most wishes and all progress give none. */
export function noticeOf({ type, ...event }: ClusterEvent): Notice | undefined {
  const named = type === 'Warning' ? byWarning[event.reason ?? ''] : namedByStatus({ type, ...event })
  if (!named) return undefined
  const jobLogGroup = jobLogGroupName({ name: event.cluster, deploymentId: event.deploymentId })
  return { type: named, detail: NoticeDetail.parse({ version: '1', ...event, jobLogGroup }) }
}
