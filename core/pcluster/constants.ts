// Limits and lists of ParallelCluster's rules, as data.
import { rules as data } from './version.ts'

type Range = readonly number[]

export const constants = {
  ...data,
  // Asked for names that may not be in them.
  deniedSlurmSettings: data.deniedSlurmSettings as Record<string, readonly string[]>,
  ebs: {
    ...data.ebs,
    sizeGiB: data.ebs.sizeGiB as Record<string, Range | undefined>,
    iops: data.ebs.iops as Record<string, Range | undefined>,
    iopsPerGiB: data.ebs.iopsPerGiB as Record<string, number | undefined>,
    defaultIops: data.ebs.defaultIops as Record<string, number | undefined>,
    throughput: data.ebs.throughput as Record<string, Range | undefined>,
    throughputPerIops: data.ebs.throughputPerIops as Record<string, number | undefined>,
  },
  fsx: {
    ...data.fsx,
    ssdThroughput: data.fsx.ssdThroughput as Record<string, Range | undefined>,
    hddSteps: data.fsx.hddSteps as Record<string, number | undefined>,
    capacity: data.fsx.capacity as Record<string, { sizes: Range; step: number } | undefined>,
  },
  storage: {
    ...data.storage,
    most: data.storage.most as Record<string, number>,
    notIn: data.storage.notIn as Record<string, readonly string[] | undefined>,
  },
  allocationStrategies: data.allocationStrategies as Record<string, readonly string[] | undefined>,
  notForInstances: data.operatingSystems.notForInstances as Record<string, readonly string[]>,
}
