// Policies that look at the change itself. Of every row ParallelCluster 3.16.1's own ConfigPatch says alike whether it is
// allowed while nodes run; that a stop does not help is our word for what it calls an action, too.
import { describe, expect, it } from 'vitest'
import type { Tree } from '../../../core/render/templates.ts'
import { configurationChanges } from '../../../core/shape/update-preview.ts'

type Row = [because: string, before: Tree, after: Tree, wanted: Record<string, string>]
const check = (rows: Row[]) =>
  it.each(rows)('%s', (_, before, after, wanted) => {
    const changes = configurationChanges(before, after).map(({ path, effect }) => [path, effect])
    expect(Object.fromEntries(changes)).toEqual(wanted)
  })

const storage = (one: Tree): Tree => ({ SharedStorage: [{ Name: 's', MountDir: '/s', ...one }] })
const settings = (SlurmSettings: Tree): Tree => ({ Scheduling: { Scheduler: 'slurm', SlurmSettings } })

describe('a section without a policy of its own, added or removed as a whole', () => {
  check([
    [
      'EbsSettings: the volume would be another one',
      storage({ StorageType: 'Ebs', EbsSettings: { VolumeType: 'io1', Size: 50, DeletionPolicy: 'Retain' } }),
      storage({ StorageType: 'Ebs' }),
      {
        'SharedStorage[s].EbsSettings.VolumeType': 'impossible',
        'SharedStorage[s].EbsSettings.Size': 'impossible',
        'SharedStorage[s].EbsSettings.DeletionPolicy': 'live',
      },
    ],
    [
      'Monitoring: nodes are measured otherwise',
      {},
      { Monitoring: { DetailedMonitoring: true, Dashboards: { CloudWatch: { Enabled: false } } } },
      { 'Monitoring.DetailedMonitoring': 'needsStop', 'Monitoring.Dashboards': 'live' },
    ],
    [
      'SlurmSettings: slurmctld has another database and key',
      settings({ Database: { Uri: 'x' }, MungeKeySecretArn: 'a', QueueUpdateStrategy: 'DRAIN' }),
      { Scheduling: { Scheduler: 'slurm' } },
      {
        'Scheduling.SlurmSettings.Database': 'needsStop',
        'Scheduling.SlurmSettings.MungeKeySecretArn': 'needsStop',
        'Scheduling.SlurmSettings.QueueUpdateStrategy': 'live',
      },
    ],
    [
      'CustomActions: they ran when the node was made',
      { HeadNode: { InstanceType: 'x' } },
      {
        HeadNode: {
          InstanceType: 'x',
          CustomActions: { OnNodeStart: { Script: 's3://b/k' }, OnNodeUpdated: { Script: 'x' } },
        },
      },
      {
        'HeadNode.CustomActions.OnNodeStart': 'impossible',
        'HeadNode.CustomActions.OnNodeUpdated': 'live',
      },
    ],
    ['an empty one is none', { Monitoring: {}, Iam: {} }, { Iam: undefined }, {}],
    [
      'one with a policy is one change',
      { DirectoryService: {} },
      { DirectoryService: { DomainName: 'x' } },
      { DirectoryService: 'needsStop' },
    ],
  ])
})

describe('counts', () => {
  const counts = (one: Tree, strategy = 'COMPUTE_FLEET_STOP'): Tree => ({
    Scheduling: {
      SlurmSettings: { QueueUpdateStrategy: strategy },
      SlurmQueues: [{ Name: 'q', ComputeResources: [{ Name: 'c', ...one }] }],
    },
  })
  const at = 'Scheduling.SlurmQueues[q].ComputeResources[c]'
  check([
    [
      'a MinCount that is dropped, even 0, beside the same MaxCount',
      counts({ MinCount: 0, MaxCount: 5 }),
      counts({ MaxCount: 5 }),
      { [`${at}.MinCount`]: 'needsStop' },
    ],
    [
      'a MinCount that sinks while MaxCount grows',
      counts({ MinCount: 2, MaxCount: 5 }),
      counts({ MinCount: 1, MaxCount: 6 }),
      { [`${at}.MinCount`]: 'live', [`${at}.MaxCount`]: 'live' },
    ],
    [
      'both grow alike',
      counts({ MinCount: '2', MaxCount: '5' }),
      counts({ MinCount: 3, MaxCount: 6 }),
      { [`${at}.MinCount`]: 'live', [`${at}.MaxCount`]: 'live' },
    ],
    [
      'MinCount grows more',
      counts({ MinCount: 2, MaxCount: 5 }),
      counts({ MinCount: 4, MaxCount: 6 }),
      { [`${at}.MinCount`]: 'needsStop', [`${at}.MaxCount`]: 'live' },
    ],
    [
      'a MaxCount that is dropped stands for 10',
      counts({ MaxCount: 12 }),
      counts({}),
      { [`${at}.MaxCount`]: 'needsStop' },
    ],
    [
      'nodes may be ended',
      counts({ MinCount: 2 }, 'TERMINATE'),
      counts({ MinCount: 1 }, 'TERMINATE'),
      { [`${at}.MinCount`]: 'endsJobs' },
    ],
  ])
})

describe('subnets of a queue', () => {
  const subnets = (ids: string[], SharedStorage: Tree[] = [], strategy = 'COMPUTE_FLEET_STOP'): Tree => ({
    Scheduling: {
      SlurmSettings: { QueueUpdateStrategy: strategy },
      SlurmQueues: [{ Name: 'q', Networking: { SubnetIds: ids } }],
    },
    SharedStorage,
  })
  const path = 'Scheduling.SlurmQueues[q].Networking.SubnetIds'
  const lustre = (more: Tree = {}): Tree[] => [
    { Name: 'l', MountDir: '/l', StorageType: 'FsxLustre', FsxLustreSettings: more },
  ]
  const external = lustre({ FileSystemId: 'fs-1' })
  check([
    ['one more', subnets(['a']), subnets(['a', 'b']), { [path]: 'live' }],
    ['another', subnets(['a']), subnets(['b']), { [path]: 'needsStop' }],
    [
      'another, and nodes may be replaced',
      subnets(['a']),
      subnets(['b'], [], 'DRAIN'),
      { 'Scheduling.SlurmSettings.QueueUpdateStrategy': 'live', [path]: 'live' },
    ],
    [
      'one more, with a file system that would be made anew',
      subnets(['a'], lustre()),
      subnets(['a', 'b'], lustre()),
      { [path]: 'impossible' },
    ],
    [
      'one more, with a file system of the user’s own',
      subnets(['a'], external),
      subnets(['a', 'b'], external),
      { [path]: 'live' },
    ],
  ])
})

describe('shared storage', () => {
  const efs = storage({ StorageType: 'Efs', EfsSettings: { FileSystemId: 'fs-1' } })
  check([
    ['of the user’s own is mounted', {}, efs, { 'SharedStorage[s]': 'live' }],
    ['of the user’s own is unmounted', efs, {}, { 'SharedStorage[s]': 'live' }],
    ['that is made', {}, storage({ StorageType: 'Efs' }), { 'SharedStorage[s]': 'needsStop' }],
    [
      'a volume, even an existing one',
      {},
      storage({ StorageType: 'Ebs', EbsSettings: { VolumeId: 'vol-1' } }),
      { 'SharedStorage[s]': 'needsStop' },
    ],
    [
      'the homes, which stay',
      {},
      { SharedStorage: [{ ...(efs.SharedStorage as Tree[])[0], MountDir: '/home' }] },
      { 'SharedStorage[s]': 'impossible' },
    ],
  ])
})

describe('attributes of Chef', () => {
  const chef = (ExtraChefAttributes?: string): Tree => ({
    DevSettings: { Cookbook: { ExtraChefAttributes, ChefCookbook: 'c' } },
  })
  const path = 'DevSettings.Cookbook.ExtraChefAttributes'
  const timeout = (seconds: number, more = '') =>
    chef(`{"cluster":{"slurm":{"reconfigure_timeout":${seconds}}${more}}}`)
  check([
    ['the timeout', timeout(400), timeout(500), { [path]: 'live' }],
    ['all of them, of which one is another', timeout(400, ',"x":{"y":1}'), chef(), { [path]: 'impossible' }],
    ['another one', timeout(400), timeout(400, ',"x":[]'), { [path]: 'impossible' }],
    ['blanks', chef('{"a": 1}'), chef('{"a":1}'), { [path]: 'live' }],
  ])
})

describe('what is outside of the queues', () => {
  const strategy = { Scheduling: { SlurmSettings: { QueueUpdateStrategy: 'DRAIN' } } }
  const development = (DevSettings: Tree): Tree => ({ ...strategy, DevSettings })
  check([
    [
      'does not heed QueueUpdateStrategy',
      development({ EfaInterfaceType: 'efa', Timeouts: { HeadNodeBootstrapTimeout: 1 } }),
      development({ EfaInterfaceType: 'efa-only', Timeouts: { HeadNodeBootstrapTimeout: 1 } }),
      { 'DevSettings.EfaInterfaceType': 'needsStop' },
    ],
    [
      'the first login nodes, before which none run',
      {},
      { LoginNodes: { Pools: [] } },
      { LoginNodes: 'live' },
    ],
    [
      'tags in a region that cannot',
      { Region: 'us-iso-east-1', Tags: [] },
      { Region: 'us-iso-east-1', Tags: [{ Key: 'a', Value: 'b' }] },
      { 'Tags[a]': 'impossible' },
    ],
  ])
})
