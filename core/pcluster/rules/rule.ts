// A rule of ParallelCluster's model: it looks at a configuration that the schema accepts and tells what is wrong.
// Its key in a table is the validator's name in ParallelCluster.
import type { ComputeResource, Configuration, Queue, SharedStorage } from '../configuration.ts'
import { constants } from '../constants.ts'
import type { Level, Path } from '../findings.ts'

export type Tell = (path: Path, message: string, level?: Level) => void
/** The cluster's name is not in the configuration; rules about it are silent where it is not known. */
export type Rule = (configuration: Configuration, tell: Tell, clusterName?: string) => void
export type Rules = Readonly<Record<string, Rule>>

export const regionOf = ({ Region }: Configuration): string => Region ?? constants.defaultRegion

export const queuesOf = ({ Scheduling }: Configuration): { queue: Queue; path: Path }[] =>
  Scheduling.SlurmQueues.map((queue, index) => ({ queue, path: ['Scheduling', 'SlurmQueues', index] }))

export const resourcesOf = (
  configuration: Configuration,
): { queue: Queue; resource: ComputeResource; path: Path; queuePath: Path }[] =>
  queuesOf(configuration).flatMap(({ queue, path: queuePath }) =>
    queue.ComputeResources.map((resource, index) => ({
      queue,
      resource,
      queuePath,
      path: [...queuePath, 'ComputeResources', index],
    })),
  )

export const poolsOf = ({ LoginNodes }: Configuration) =>
  (LoginNodes?.Pools ?? []).map((pool, index) => ({ pool, path: ['LoginNodes', 'Pools', index] as Path }))

export const storagesOf = ({
  SharedStorage: all = [],
}: Configuration): { storage: SharedStorage; path: Path }[] =>
  all.map((storage, index) => ({ storage, path: ['SharedStorage', index] }))

export const maxCount = ({ MaxCount = 10 }: ComputeResource): number => MaxCount
export const minCount = ({ MinCount = 0 }: ComputeResource): number => MinCount

/** Each subnet is taken for a zone of its own, since only AWS knows better. */
export const isMultiZone = ({ Networking }: Queue): boolean => new Set(Networking.SubnetIds).size > 1

export const isFlexible = ({ Instances = [] }: ComputeResource): boolean => Instances.length > 0

/** None for a resource whose capacity reservation tells it. */
export const instanceTypesOf = ({ InstanceType, Instances = [] }: ComputeResource): string[] =>
  Instances.length > 0 ? Instances.map((one) => one.InstanceType) : InstanceType ? [InstanceType] : []
