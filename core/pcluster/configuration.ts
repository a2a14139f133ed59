// A ParallelCluster configuration as our own code renders and reads it. What is not named here may still be there:
// the description knows every key.
type Open = { [key: string]: unknown }
type ListOf<T> = readonly T[]

export type Configuration = Open & {
  Region?: string
  Image: Open & { Os: string; CustomAmi?: string }
  HeadNode: HeadNode
  LoginNodes?: Open & { Pools: ListOf<LoginPool> }
  Scheduling: Open & { Scheduler: string; SlurmSettings?: SlurmSettings; SlurmQueues: ListOf<Queue> }
  SharedStorage?: ListOf<SharedStorage>
  Monitoring?: Monitoring
  Iam?: Open & { ResourcePrefix?: string; PermissionsBoundary?: string }
  DirectoryService?: DirectoryService
  AdditionalPackages?: Open & { IntelSoftware?: Open & { IntelHpcPlatform?: boolean } }
  Tags?: ListOf<Tag>
  DevSettings?: DevSettings
  DeploymentSettings?: Open
  Imds?: Open & { ImdsSupport?: string }
}

export type HeadNode = Open & {
  InstanceType: string
  Networking: Open & { SubnetId: string; SecurityGroups?: ListOf<string> }
  Ssh?: Open & { KeyName?: string; AllowedIps?: string }
  LocalStorage?: LocalStorage
  SharedStorageType?: string
  SharedStorageEfsSettings?: Open
  Dcv?: Dcv
  CustomActions?: CustomActions
}
type LoginPool = Open & {
  Name: string
  InstanceType: string
  Image?: Open & { CustomAmi: string }
  Dcv?: Dcv
  CustomActions?: CustomActions
}
export type Dcv = Open & { Enabled: boolean; Port?: number; AllowedIps?: string }
export type Script = Open & { Script: string; Args?: ListOf<string> }
export type CustomActions = Open & Partial<Record<ActionName, Script | { Sequence: ListOf<Script> }>>
type ActionName = 'OnNodeStart' | 'OnNodeConfigured' | 'OnNodeUpdated'
export type Tag = Open & { Key: string; Value: string }

export type LocalStorage = Open & { RootVolume?: Volume; EphemeralVolume?: Open & { MountDir?: string } }
export type Volume = Open & {
  VolumeType?: string
  Size?: number
  Iops?: number
  Throughput?: number
  Encrypted?: boolean
}

export type Queue = Open & {
  Name: string
  CapacityType?: string
  AllocationStrategy?: string
  ComputeResources: ListOf<ComputeResource>
  Networking: Open & {
    SubnetIds: ListOf<string>
    SecurityGroups?: ListOf<string>
    PlacementGroup?: PlacementGroup
  }
  ComputeSettings?: Open & { LocalStorage?: LocalStorage }
  CapacityReservationTarget?: CapacityReservationTarget
  CustomActions?: CustomActions
  CustomSlurmSettings?: Open
  Tags?: ListOf<Tag>
}
export type ComputeResource = Open & {
  Name: string
  InstanceType?: string
  Instances?: ListOf<Open & { InstanceType: string }>
  MinCount?: number
  MaxCount?: number
  SchedulableMemory?: number
  Efa?: Open & { Enabled?: boolean; GdrSupport?: boolean }
  Networking?: Open & { PlacementGroup?: PlacementGroup }
  CapacityReservationTarget?: CapacityReservationTarget
  CustomSlurmSettings?: Open
  StaticNodePriority?: number
  DynamicNodePriority?: number
  Tags?: ListOf<Tag>
}
export type PlacementGroup = Open & { Enabled?: boolean; Id?: string; Name?: string }
export type CapacityReservationTarget = Open & {
  CapacityReservationId?: string
  CapacityReservationResourceGroupArn?: string
}

export type SlurmSettings = Open & {
  Database?: Open & { Uri: string; UserName: string; PasswordSecretArn: string; DatabaseName?: string }
  ExternalSlurmdbd?: Open & { Host: string; Port?: number }
  MungeKeySecretArn?: string
  CustomSlurmSettings?: ListOf<Open>
  CustomSlurmSettingsIncludeFile?: string
}

export type SharedStorage = Open & {
  Name: string
  MountDir: string
  StorageType: string
  EbsSettings?: EbsSettings
  EfsSettings?: EfsSettings
  FsxLustreSettings?: FsxLustreSettings
  FsxOpenZfsSettings?: Open & { VolumeId: string }
  FsxOntapSettings?: Open & { VolumeId: string }
  FileCacheSettings?: Open & { FileCacheId: string }
}
export type EbsSettings = Volume & {
  KmsKeyId?: string
  VolumeId?: string
  Raid?: Open
  DeletionPolicy?: string
}
export type EfsSettings = Open & {
  FileSystemId?: string
  AccessPointId?: string
  EncryptionInTransit?: boolean
  IamAuthorization?: boolean
  Encrypted?: boolean
  KmsKeyId?: string
  DeletionPolicy?: string
}
export type FsxLustreSettings = Open & {
  FileSystemId?: string
  BackupId?: string
  StorageCapacity?: number
  DeploymentType?: string
  StorageType?: string
  PerUnitStorageThroughput?: number
  DriveCacheType?: string
  KmsKeyId?: string
  ImportPath?: string
  ExportPath?: string
  ImportedFileChunkSize?: number
  AutoImportPolicy?: string
  AutomaticBackupRetentionDays?: number
  DailyAutomaticBackupStartTime?: string
  CopyTagsToBackups?: boolean
  DeletionPolicy?: string
  DataRepositoryAssociations?: ListOf<Open & { Name: string; DataRepositoryPath: string }>
}

export type Monitoring = Open & {
  DetailedMonitoring?: boolean
  Logs?: Open & { CloudWatch?: Open & { Enabled?: boolean }; Rotation?: Open & { Enabled?: boolean } }
}
export type DirectoryService = Open & {
  DomainName: string
  DomainAddr: string
  PasswordSecretArn: string
  LdapTlsReqCert?: string
  LdapAccessFilter?: string
  AdditionalSssdConfigs?: Open
}
export type DevSettings = Open & {
  Cookbook?: Open & { ChefCookbook?: string; ExtraChefAttributes?: string }
  NodePackage?: string
  ClusterTemplate?: string
  InstanceTypesData?: string
}
