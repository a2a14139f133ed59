// Rules of queues and compute resources: a configuration, who speaks, where, how loudly.
import { list, minimal, queue, resource, zones } from './configurations.ts'
import type { Row } from './storage-rows.ts'

const tags = (count: number) => list(count, (index) => ({ Key: `k${index}`, Value: 'v' }))

export const queueRows: Row[] = [
  ['NameValidator', `${queue}.Name`, { [`${queue}.Name`]: 'Queue' }],
  ['NameValidator', `${resource}.Name`, { [`${resource}.Name`]: 'a'.repeat(26) }],
  ['NameValidator', `${queue}.Name`, { [`${queue}.Name`]: 'default' }],
  [
    'DuplicateNameValidator',
    'Scheduling.SlurmQueues',
    {
      'Scheduling.SlurmQueues': list(
        2,
        () => (minimal() as never as { Scheduling: { SlurmQueues: unknown[] } }).Scheduling.SlurmQueues[0],
      ),
    },
  ],
  [
    'PlacementGroupNamingValidator',
    `${queue}.Networking.PlacementGroup`,
    { [`${queue}.Networking.PlacementGroup`]: { Id: 'a', Name: 'b' } },
  ],
  [
    'PlacementGroupNamingValidator',
    `${resource}.Networking.PlacementGroup`,
    { [`${resource}.Networking.PlacementGroup`]: { Name: 'b', Enabled: false } },
  ],
  [
    'MultiAzPlacementGroupValidator',
    resource,
    { ...zones, [`${queue}.Networking.PlacementGroup`]: { Enabled: true } },
  ],
  [
    'PlacementGroupCapacityTypeValidator',
    resource,
    {
      [`${queue}.CapacityType`]: 'CAPACITY_BLOCK',
      [`${queue}.Networking.PlacementGroup`]: { Enabled: true },
      [`${queue}.CapacityReservationTarget`]: { CapacityReservationId: 'cr-1' },
      [`${resource}.MinCount`]: 10,
    },
    'WARNING',
  ],
  [
    'EfaValidator',
    `${resource}.Efa.GdrSupport`,
    {
      [`${resource}.Instances`]: undefined,
      [`${resource}.InstanceType`]: 'c5.large',
      [`${resource}.Efa`]: { GdrSupport: true },
    },
  ],
  ['EfaMultiAzValidator', `${resource}.Efa.Enabled`, { ...zones, [`${resource}.Efa`]: { Enabled: true } }],
  ['EfaPlacementGroupValidator', resource, { [`${resource}.Efa`]: { Enabled: true } }],
  [
    'EfaPlacementGroupValidator',
    resource,
    { [`${resource}.Efa`]: { Enabled: true }, [`${queue}.Networking.PlacementGroup`]: { Enabled: false } },
    'WARNING',
  ],
  ['SchedulableMemoryValidator', `${resource}.SchedulableMemory`, { [`${resource}.SchedulableMemory`]: 0 }],
  [
    'MaxCountValidator',
    'Scheduling.SlurmQueues',
    { [`${queue}.ComputeResources`]: list(51, (n) => ({ Name: `n${n}`, InstanceType: 'c5.large' })) },
  ],
  [
    'QueueSubnetsValidator',
    `${queue}.Networking.SubnetIds`,
    { [`${queue}.Networking.SubnetIds`]: ['subnet-11111111', 'subnet-11111111'] },
  ],
  [
    'SingleInstanceTypeSubnetValidator',
    `${queue}.Networking.SubnetIds`,
    { ...zones, [`${resource}.Instances`]: undefined, [`${resource}.InstanceType`]: 'c5.large' },
  ],
  ['RootVolumeEncryptionConsistencyValidator', 'Scheduling.SlurmQueues', { 'Scheduling.SlurmQueues': [] }],
  ['ComputeResourceSizeValidator', `${resource}.MaxCount`, { [`${resource}.MinCount`]: 11 }],
  [
    'CapacityTypeValidator',
    `${resource}.CapacityReservationTarget`,
    { [`${queue}.CapacityType`]: 'CAPACITY_BLOCK', [`${resource}.MinCount`]: 10 },
  ],
  [
    'InstancesAllocationStrategyValidator',
    `${queue}.AllocationStrategy`,
    { [`${queue}.AllocationStrategy`]: 'capacity-optimized' },
  ],
  [
    'SlurmNodePrioritiesWarningValidator',
    `${queue}.ComputeResources`,
    { [`${resource}.MinCount`]: 1, [`${resource}.StaticNodePriority`]: 1000 },
    'WARNING',
  ],
  [
    'CustomSlurmSettingsValidator',
    `${queue}.CustomSlurmSettings`,
    { [`${queue}.CustomSlurmSettings`]: { OverSubscribe: 'x' } },
  ],
  [
    'CustomSlurmSettingsValidator',
    `${resource}.CustomSlurmSettings`,
    { [`${resource}.CustomSlurmSettings`]: { Gres: 'x' } },
  ],
  ['ComputeResourceTagsValidator', `${resource}.Tags`, { [`${queue}.Tags`]: tags(41) }],
  [
    'ComputeResourceTagsValidator',
    `${resource}.Tags`,
    { Tags: tags(1), [`${resource}.Tags`]: tags(1) },
    'WARNING',
  ],
  [
    'UrlValidator',
    `${queue}.CustomActions.OnNodeStart.Sequence.0.Script`,
    { [`${queue}.CustomActions.OnNodeStart.Sequence`]: [{ Script: 's3://bucket' }] },
  ],
]
