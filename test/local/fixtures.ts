// A rendered ParallelCluster configuration as the tests of the local site use it.
import { readFileSync } from 'node:fs'

export const userKey = 'AAAAC3NzaC1lZDI1NTE5AAAAIPlaceholderPlaceholderPlaceholderPlaceholderPl0'

export const nodeScript = (url: string): string =>
  readFileSync(new URL(`../../cluster-configs/scripts/${url.split('/').at(-1)}`, import.meta.url), 'utf8')

/** What cluster-configs/ renders for the tier debug without Lustre, in short. */
export const aConfiguration = (
  changes: Record<string, unknown> = {},
  key = userKey,
): Record<string, unknown> => ({
  Region: 'us-east-1',
  HeadNode: {
    InstanceType: 't3.medium',
    Networking: { SubnetId: 'subnet-1' },
    Ssh: { KeyName: 'key' },
    CustomActions: {
      OnNodeConfigured: {
        Sequence: [
          { Script: 's3://scripts/users.sh', Args: ['sim', '5000', '5000', key] },
          { Script: 's3://scripts/environment.sh', Args: ['lab', 'project', 'hpc-test'] },
          { Script: 's3://scripts/storage.sh', Args: ['sim', '/home', 'scratch'] },
          {
            Script: 's3://scripts/mount-s3.sh',
            Args: ['sim', 'us-east-1', 's3://public/', 's3://private/lab/project/', 'none', 'none'],
          },
        ],
      },
    },
  },
  Scheduling: {
    Scheduler: 'slurm',
    SlurmSettings: { EnableMemoryBasedScheduling: true },
    SlurmQueues: [
      {
        Name: 'debug',
        CustomSlurmSettings: { MaxNodes: 8, MaxTime: '1-00:00:00' },
        ComputeResources: [
          { Name: 't3-micro', Instances: [{ InstanceType: 't3.micro' }], MinCount: 0, MaxCount: 8 },
        ],
      },
    ],
  },
  SharedStorage: [
    {
      Name: 'homes',
      MountDir: '/home',
      StorageType: 'Efs',
      EfsSettings: { FileSystemId: 'fs-1', AccessPointId: 'fsap-1', EncryptionInTransit: true },
    },
  ],
  DeploymentSettings: { DefaultUserHome: 'Local' },
  ...changes,
})
