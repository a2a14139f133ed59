// Queues: how many, where, and what capacity they ask for.
import { constants } from '../constants.ts'
import { duplicates } from '../values.ts'
import {
  instanceTypesOf,
  isFlexible,
  maxCount,
  minCount,
  poolsOf,
  queuesOf,
  type Rules,
  resourcesOf,
} from './rule.ts'

export const queueRules: Rules = {
  MaxCountValidator: (configuration, tell) => {
    const { most } = constants
    const queues = queuesOf(configuration)
    const atMost = (count: number, limit: number, what: string, path: readonly (string | number)[]) => {
      if (count > limit) tell(path, `There are ${count} ${what}; at most ${limit} are possible.`)
    }
    atMost(queues.length, most.queues, 'queues', ['Scheduling', 'SlurmQueues'])
    for (const { queue, path } of queues)
      atMost(
        queue.ComputeResources.length,
        most.computeResourcesPerQueue,
        'compute resources in this queue',
        [...path, 'ComputeResources'],
      )
    atMost(resourcesOf(configuration).length, most.computeResources, 'compute resources in all queues', [
      'Scheduling',
      'SlurmQueues',
    ])
    atMost(poolsOf(configuration).length, most.loginPools, 'login pools', ['LoginNodes', 'Pools'])
  },
  QueueSubnetsValidator: (configuration, tell) => {
    for (const { queue, path } of queuesOf(configuration))
      for (const subnet of duplicates(queue.Networking.SubnetIds))
        tell([...path, 'Networking', 'SubnetIds'], `${subnet} is there twice: keep one.`)
  },
  SingleInstanceTypeSubnetValidator: (configuration, tell) => {
    for (const { queue, path } of queuesOf(configuration))
      if (queue.Networking.SubnetIds.length > 1 && !queue.ComputeResources.every(isFlexible))
        tell(
          [...path, 'Networking', 'SubnetIds'],
          'A compute resource here has an InstanceType, which allows one subnet: list it under Instances, or keep one subnet.',
        )
  },
  RootVolumeEncryptionConsistencyValidator: (configuration, tell) => {
    const queues = queuesOf(configuration)
    const [first] = queues
    if (!first) return tell(['Scheduling', 'SlurmQueues'], 'There is no queue: add one.')
    const isEncrypted = ({ queue }: typeof first) =>
      queue.ComputeSettings?.LocalStorage?.RootVolume?.Encrypted ?? true
    for (const other of queues)
      if (isEncrypted(other) !== isEncrypted(first))
        tell(
          [...other.path, 'ComputeSettings', 'LocalStorage', 'RootVolume', 'Encrypted'],
          `Root volumes of ${other.queue.Name} and ${first.queue.Name} differ in encryption: a policy that demands it stops one of them.`,
          'WARNING',
        )
  },
  ComputeResourceSizeValidator: (configuration, tell) => {
    for (const { queue, resource, path } of resourcesOf(configuration)) {
      const [most, least] = [maxCount(resource), minCount(resource)]
      if (most < least)
        tell([...path, 'MaxCount'], `MaxCount (${most}) is below MinCount (${least}): raise it.`)
      if (queue.CapacityType !== 'CAPACITY_BLOCK') continue
      if (most !== least)
        tell(
          [...path, 'MaxCount'],
          `A capacity block is all or nothing: MaxCount (${most}) must be MinCount (${least}).`,
        )
      if (least === 0) tell([...path, 'MinCount'], 'A capacity block needs a MinCount above 0.')
    }
  },
  CapacityTypeValidator: (configuration, tell) => {
    for (const { queue, resource, path } of resourcesOf(configuration)) {
      const target = resource.CapacityReservationTarget ?? queue.CapacityReservationTarget
      if (queue.CapacityType !== 'CAPACITY_BLOCK' || target?.CapacityReservationId) continue
      if (instanceTypesOf(resource).length > 0)
        tell(
          [...path, 'CapacityReservationTarget'],
          'A CAPACITY_BLOCK needs a CapacityReservationId, here or in the queue.',
        )
    }
  },
  InstancesAllocationStrategyValidator: (configuration, tell) => {
    for (const { queue, resource, queuePath } of resourcesOf(configuration)) {
      const { CapacityType: type = 'ONDEMAND', AllocationStrategy: strategy } = queue
      const possible = constants.allocationStrategies[type] ?? []
      if (!isFlexible(resource) || !strategy || possible.includes(strategy)) continue
      const advice = possible.length > 0 ? `use ${possible.join(' or ')}` : 'leave it out'
      tell(
        [...queuePath, 'AllocationStrategy'],
        `AllocationStrategy ${strategy} is not for ${type} capacity (compute resource ${resource.Name}): ${advice}.`,
      )
    }
  },
  SlurmNodePrioritiesWarningValidator: (configuration, tell) => {
    const [lowest = 1, highest = 1] = constants.nodePriorities
    for (const { queue, path } of queuesOf(configuration)) {
      const fixed = queue.ComputeResources.filter((one) => minCount(one) > 0)
      const dynamic = queue.ComputeResources.filter((one) => maxCount(one) > minCount(one))
      const top = Math.max(lowest - 1, ...fixed.map(({ StaticNodePriority = 1 }) => StaticNodePriority))
      const bottom = Math.min(
        highest + 1,
        ...dynamic.map(({ DynamicNodePriority = 1000 }) => DynamicNodePriority),
      )
      if (fixed.length > 0 && dynamic.length > 0 && top >= bottom)
        tell(
          [...path, 'ComputeResources'],
          `Static nodes have a priority up to ${top}, dynamic ones from ${bottom}: Slurm may start nodes while others stand ready.`,
          'WARNING',
        )
    }
  },
}
