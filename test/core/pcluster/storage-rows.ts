// Rows of model.test.ts: shared storage and volumes.
import { list, resource, storage, zones } from './configurations.ts'

export type Row = [validator: string, path: string, changes: Record<string, unknown>, level?: string]

const first = 'SharedStorage.0'
const shared = (...args: Parameters<typeof storage>) => ({ SharedStorage: [storage(...args)] })
const lustre = (settings: object, more = {}) =>
  shared('FsxLustre', { StorageCapacity: 1200, ...settings, ...more })
const root = 'HeadNode.LocalStorage.RootVolume'

export const storageRows: Row[] = [
  ['FsxS3Validator', `${first}.FsxLustreSettings.ExportPath`, lustre({ ExportPath: 's3://b/x' })],
  [
    'FsxDraValidator',
    `${first}.FsxLustreSettings.DataRepositoryAssociations`,
    lustre({
      ImportPath: 's3://b',
      DataRepositoryAssociations: [{ Name: 'a', DataRepositoryPath: 's3://b', FileSystemPath: '/a' }],
    }),
  ],
  [
    'FsxPersistentOptionsValidator',
    `${first}.FsxLustreSettings.PerUnitStorageThroughput`,
    lustre({ DeploymentType: 'PERSISTENT_2' }),
  ],
  ['FsxPersistentOptionsValidator', `${first}.FsxLustreSettings.KmsKeyId`, lustre({ KmsKeyId: 'k' })],
  [
    'FsxBackupOptionsValidator',
    `${first}.FsxLustreSettings.CopyTagsToBackups`,
    lustre({ CopyTagsToBackups: false }),
  ],
  [
    'FsxBackupOptionsValidator',
    `${first}.FsxLustreSettings.AutomaticBackupRetentionDays`,
    lustre({ AutomaticBackupRetentionDays: 1 }),
  ],
  [
    'FsxStorageTypeOptionsValidator',
    `${first}.FsxLustreSettings.DeploymentType`,
    lustre({ StorageType: 'HDD', DriveCacheType: 'READ' }),
  ],
  [
    'FsxStorageTypeOptionsValidator',
    `${first}.FsxLustreSettings.DriveCacheType`,
    lustre({ DriveCacheType: 'READ' }),
  ],
  [
    'FsxStorageTypeOptionsValidator',
    `${first}.FsxLustreSettings.PerUnitStorageThroughput`,
    lustre({ PerUnitStorageThroughput: 100 }),
  ],
  [
    'FsxStorageCapacityValidator',
    `${first}.FsxLustreSettings.StorageCapacity`,
    lustre({ StorageCapacity: 1300 }),
  ],
  ['FsxStorageCapacityValidator', `${first}.FsxLustreSettings.StorageCapacity`, shared('FsxLustre')],
  [
    'FsxStorageCapacityValidator',
    `${first}.FsxLustreSettings.StorageCapacity`,
    lustre({
      DeploymentType: 'PERSISTENT_1',
      StorageType: 'HDD',
      PerUnitStorageThroughput: 12,
      StorageCapacity: 1800,
    }),
  ],
  ['SharedStorageNameValidator', `${first}.Name`, shared('Efs', {}, { Name: 'my name' })],
  [
    'DuplicateNameValidator',
    'SharedStorage',
    {
      SharedStorage: [
        storage('Efs', { FileSystemId: 'fs-12345678' }),
        storage('Efs', { FileSystemId: 'fs-12345678' }, { Name: 'b', MountDir: '/b' }),
      ],
    },
  ],
  [
    'FeatureRegionValidator',
    `${first}.StorageType`,
    { Region: 'us-iso-east-1', ...shared('FileCache', { FileCacheId: 'fc-12345678' }) },
  ],
  [
    'NumberOfStorageValidator',
    'SharedStorage',
    { SharedStorage: list(2, (n) => storage('Efs', {}, { Name: `s${n}`, MountDir: `/s${n}` })) },
  ],
  [
    'OverlappingMountDirValidator',
    'SharedStorage',
    { SharedStorage: ['a', 'a/b'].map((Name, n) => storage('Ebs', {}, { Name, MountDir: `/s${n}` })) },
  ],
  ['SharedStorageMountDirValidator', `${first}.MountDir`, shared('Efs', {}, { MountDir: 'tmp' })],
  [
    'SharedFileCacheNotHomeValidator',
    `${first}.MountDir`,
    shared('FileCache', { FileCacheId: 'fc-12345678' }, { MountDir: 'home' }),
  ],
  ['ManagedFsxMultiAzValidator', first, { ...zones, ...lustre({}) }],
  ['DeletionPolicyValidator', first, shared('Ebs'), 'INFO'],
  [
    'EfsMountOptionsValidator',
    `${first}.EfsSettings.IamAuthorization`,
    shared('Efs', { IamAuthorization: true }),
  ],
  [
    'EfsAccessPointOptionsValidator',
    `${first}.EfsSettings.AccessPointId`,
    shared('Efs', { AccessPointId: 'fsap-0123456789abcdef0', EncryptionInTransit: true }),
  ],
  ['KmsKeyIdEncryptedValidator', `${first}.EfsSettings.KmsKeyId`, shared('Efs', { KmsKeyId: 'k' })],
  [
    'SharedEbsPerformanceBottleNeckValidator',
    first,
    { ...shared('Ebs'), [`${resource}.MaxCount`]: 101 },
    'WARNING',
  ],
  [
    'SharedStorageEfsSettingsValidator',
    'HeadNode.SharedStorageEfsSettings',
    { 'HeadNode.SharedStorageEfsSettings': {} },
  ],
  ['S3BucketUriValidator', `${first}.FsxLustreSettings.ImportPath`, lustre({ ImportPath: 'https://b/x' })],
  ['EbsVolumeTypeSizeValidator', `${root}.Size`, { [root]: { VolumeType: 'st1', Size: 100 } }],
  ['EbsVolumeIopsValidator', `${root}.Iops`, { [root]: { VolumeType: 'gp2', Iops: 100 } }],
  ['EbsVolumeIopsValidator', `${root}.Iops`, { [root]: { VolumeType: 'io1', Iops: 2000 } }],
  ['EbsVolumeThroughputValidator', `${root}.Throughput`, { [root]: { Throughput: 100 } }],
  [
    'EbsVolumeThroughputIopsValidator',
    `${first}.EbsSettings.Throughput`,
    shared('Ebs', { Throughput: 1000 }),
  ],
]
