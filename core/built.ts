// What is there of a cluster, as opposed to what is wished for.
import type { Cluster, Spec, Status } from './cluster.ts'

const builtStatuses: Status[] = ['CREATE_COMPLETE', 'UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE', 'UPDATE_FAILED']

/** Whether it has been ready, so that it runs, whatever has become of its updates. */
export const isBuilt = ({ status }: Pick<Cluster, 'status'>): boolean => builtStatuses.includes(status)

/** The shape that runs, or that is being built first. */
export const builtOf = ({ built, spec }: Cluster): Spec => built ?? spec

/** Whether an update was wished for that nobody has begun. */
export const awaitsUpdate = (cluster: Cluster): boolean =>
  isBuilt(cluster) && (cluster.generation ?? 0) > (cluster.tried ?? 0)
