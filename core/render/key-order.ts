// The order of keys in ParallelCluster's documentation, so that a rendered configuration reads like its pages.
// https://docs.aws.amazon.com/parallelcluster/latest/ug/cluster-configuration-file-v3.html
import type { Queue, Tree } from './templates.ts'

export const topLevelOrder = [
  'Region',
  'CustomS3Bucket',
  'Imds',
  'Image',
  'LoginNodes',
  'HeadNode',
  'Scheduling',
  'SharedStorage',
  'Iam',
  'Monitoring',
  'Tags',
  'AdditionalPackages',
  'DirectoryService',
  'DeploymentSettings',
  'DevSettings',
]

const queueOrder = [
  'Name',
  'ComputeSettings',
  'CapacityReservationTarget',
  'CapacityType',
  'AllocationStrategy',
  'JobExclusiveAllocation',
  'CustomSlurmSettings',
  'Tags',
  'HealthChecks',
  'Networking',
  'ComputeResources',
  'CustomActions',
  'Iam',
  'Image',
]

const computeResourceOrder = [
  'Name',
  'InstanceType',
  'Instances',
  'MinCount',
  'MaxCount',
  'DynamicNodePriority',
  'StaticNodePriority',
  'SpotPrice',
  'DisableSimultaneousMultithreading',
  'SchedulableMemory',
  'HealthChecks',
  'Efa',
]

/** Keys that are not in the list come last, in the order in which they were written. */
const keys = <T extends Tree>(order: string[], map: T): T => {
  const place = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length)
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => place(a) - place(b))) as T
}

const queue = (one: Queue): Queue =>
  keys(queueOrder, {
    ...one,
    ComputeResources: one.ComputeResources.map((resource) => keys(computeResourceOrder, resource)),
  })

export const inOrder = { keys, queue }
