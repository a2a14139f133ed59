// Placement groups, EFA, security groups, regions.
import type { ComputeResource, PlacementGroup, Queue } from '../configuration.ts'
import { constants } from '../constants.ts'
import { isFlexible, isMultiZone, queuesOf, type Rules, regionOf, resourcesOf, storagesOf } from './rule.ts'

/** A compute resource's own placement group, even an empty one, goes before the queue's. */
const placementOf = (queue: Queue, resource: ComputeResource): PlacementGroup =>
  resource.Networking?.PlacementGroup ?? queue.Networking.PlacementGroup ?? {}

const hasGroup = ({ Enabled, Id, Name }: PlacementGroup): boolean => Boolean(Name || Id || Enabled)

export const networkingRules: Rules = {
  RegionValidator: (configuration, tell) => {
    const region = regionOf(configuration)
    if (!constants.regions.includes(region))
      tell(['Region'], `Region ${region} is not one that ParallelCluster works in.`)
  },
  FeatureRegionValidator: (configuration, tell) => {
    const region = regionOf(configuration)
    for (const { storage, path } of storagesOf(configuration)) {
      const without = constants.storage.notIn[storage.StorageType] ?? []
      if (without.some((prefix) => region.startsWith(prefix)))
        tell([...path, 'StorageType'], `There is no ${storage.StorageType} in ${region}.`)
    }
  },
  PlacementGroupNamingValidator: (configuration, tell) => {
    const sections = [
      ...queuesOf(configuration).map(({ queue, path }) => ({ networking: queue.Networking, path })),
      ...resourcesOf(configuration).map(({ resource, path }) => ({ networking: resource.Networking, path })),
    ]
    for (const { networking, path } of sections) {
      const group = networking?.PlacementGroup
      const at = [...path, 'Networking', 'PlacementGroup']
      if (group?.Id && group.Name) tell(at, 'PlacementGroup has a Name and an Id: keep one.')
      if (group && (group.Name || group.Id) && group.Enabled === false)
        tell(at, 'PlacementGroup is named but not enabled: remove Enabled: false, or the name.')
    }
  },
  MultiAzPlacementGroupValidator: (configuration, tell) => {
    for (const { queue, resource, path } of resourcesOf(configuration)) {
      const { Enabled, Id, Name } = placementOf(queue, resource)
      const isAssigned = (Name || Id) !== undefined
      if (isMultiZone(queue) && (Enabled || isAssigned))
        tell(
          path,
          `${resource.Name} has a placement group, which lies in one zone: keep one subnet, or no group.`,
        )
    }
  },
  PlacementGroupCapacityTypeValidator: (configuration, tell) => {
    for (const { queue, resource, path } of resourcesOf(configuration))
      if (queue.CapacityType === 'CAPACITY_BLOCK' && hasGroup(placementOf(queue, resource)))
        tell(
          path,
          `${resource.Name} is in a capacity block: a placement group may keep its nodes from starting.`,
          'WARNING',
        )
  },
  EfaValidator: (configuration, tell) => {
    for (const { resource, path } of resourcesOf(configuration))
      if (!isFlexible(resource) && resource.Efa?.GdrSupport && !resource.Efa.Enabled)
        tell([...path, 'Efa', 'GdrSupport'], 'GdrSupport works with EFA only: set Enabled: true beside it.')
  },
  EfaMultiAzValidator: (configuration, tell) => {
    for (const { queue, resource, path } of resourcesOf(configuration))
      if (resource.Efa?.Enabled && isMultiZone(queue))
        tell(
          [...path, 'Efa', 'Enabled'],
          'EFA does not reach across zones: keep one subnet in this queue, or no EFA.',
        )
  },
  EfaPlacementGroupValidator: (configuration, tell) => {
    for (const { queue, resource, path } of resourcesOf(configuration)) {
      if (queue.CapacityType === 'CAPACITY_BLOCK' || !resource.Efa?.Enabled || isMultiZone(queue)) continue
      const group = placementOf(queue, resource)
      if (group.Enabled === false)
        tell(path, `${resource.Name} has EFA but no placement group: nodes may stand far apart.`, 'WARNING')
      else if (!hasGroup(group))
        tell(path, `${resource.Name} has EFA: say PlacementGroup Enabled: true, or false if you mean it.`)
    }
  },
  MixedSecurityGroupOverwriteValidator: (configuration, tell) => {
    const head = configuration.HeadNode.Networking.SecurityGroups
    const own = queuesOf(configuration).map(({ queue }) => (queue.Networking.SecurityGroups ?? []).length > 0)
    const allOwn = own.length > 0 && own.every(Boolean)
    const isMixed = head === undefined ? own.some(Boolean) : head.length > 0 && !allOwn
    if (isMixed)
      tell(
        ['HeadNode', 'Networking'],
        'Some nodes have SecurityGroups of yours, others those of ParallelCluster: make sure that they reach each other, or use AdditionalSecurityGroups.',
        'WARNING',
      )
  },
}
