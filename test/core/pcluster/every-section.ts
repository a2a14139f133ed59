// A configuration that has every section of the description, for those that real ones rarely have.
import { parse } from 'yaml'

const secret = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:name'
const role = 'arn:aws:iam::123456789012:role/name'
const volume = 'VolumeType: gp3, Iops: 3000, Size: 100, Throughput: 125, Encrypted: true'
const script = '{ Script: s3://bucket/key, Args: [a, b] }'
const proxy = 'Proxy: { HttpProxyAddress: "http://proxy:3128" }'

const text = `
Region: eu-west-1
Image: { Os: alinux2023, CustomAmi: ami-12345678 }
Imds: { ImdsSupport: v2.0 }
CustomS3Bucket: bucket
AdditionalResources: https://bucket.s3.amazonaws.com/template.yaml
Tags: [{ Key: a, Value: b }]
Iam: { Roles: { LambdaFunctionsRole: '${role}' }, PermissionsBoundary: 'arn:aws:iam::123456789012:policy/name', ResourcePrefix: name- }
DirectoryService:
  DomainName: corp.example.com
  DomainAddr: ldaps://directory
  PasswordSecretArn: '${secret}'
  DomainReadOnlyUser: cn=reader
  LdapTlsCaCert: /etc/ca
  LdapTlsReqCert: hard
  LdapAccessFilter: filter
  GenerateSshKeysForUsers: true
  AdditionalSssdConfigs: { debug_level: '1' }
DevSettings:
  Cookbook: { ChefCookbook: s3://bucket/cookbook, ExtraChefAttributes: '{}' }
  NodePackage: s3://bucket/package
  AmiSearchFilters: { Owner: self, NamePrefix: name, Tags: [{ Key: a, Value: b }] }
  Timeouts: { HeadNodeBootstrapTimeout: 1200, ComputeNodeBootstrapTimeout: 1000, ComputeInstanceInfoTimeout: 30 }
DeploymentSettings:
  LambdaFunctionsVpcConfig: { SecurityGroupIds: [sg-12345678], SubnetIds: [subnet-12345678] }
  DefaultUserHome: Local
AdditionalPackages: { IntelSoftware: { IntelHpcPlatform: false } }
Monitoring:
  Logs: { CloudWatch: { RetentionInDays: 30, DeletionPolicy: Retain }, Rotation: { Enabled: true } }
  Dashboards: { CloudWatch: { Enabled: true } }
  Alarms: { Enabled: true }
HeadNode:
  InstanceType: c5.xlarge
  Networking: { SubnetId: subnet-12345678, ElasticIp: true, AdditionalSecurityGroups: [sg-12345678], ${proxy} }
  Ssh: { KeyName: key, AllowedIps: 10.0.0.0/8 }
  LocalStorage: { RootVolume: { ${volume} }, EphemeralVolume: { MountDir: /scratch } }
  SharedStorageType: Efs
  SharedStorageEfsSettings: { Encrypted: true }
  Dcv: { Enabled: true, Port: 8443, AllowedIps: 10.0.0.0/8 }
  CustomActions: { OnNodeStart: ${script}, OnNodeConfigured: { Sequence: [${script}] } }
  Iam: { AdditionalIamPolicies: [{ Policy: 'arn:aws:iam::aws:policy/name' }], S3Access: [{ BucketName: bucket, KeyName: key }] }
  Imds: { Secured: true }
  Image: { CustomAmi: ami-12345678 }
LoginNodes:
  Pools:
    - Name: login
      InstanceType: c5.xlarge
      Count: 2
      Image: { CustomAmi: ami-12345678 }
      Networking: { SubnetIds: [subnet-12345678], ${proxy} }
      Ssh: { AllowedIps: 10.0.0.0/8 }
      CustomActions: { OnNodeUpdated: ${script} }
      Iam: { InstanceRole: '${role}' }
      GracetimePeriod: 10
Scheduling:
  Scheduler: slurm
  ScalingStrategy: best-effort
  SlurmSettings:
    ScaledownIdletime: 10
    Dns: { DisableManagedDns: true, HostedZoneId: Z123 }
    Database: { Uri: 'host:3306', UserName: user, PasswordSecretArn: '${secret}', DatabaseName: name }
    ExternalSlurmdbd: { Host: host, Port: 6819 }
    CustomSlurmSettings: [{ SlurmctldDebug: debug }]
  SlurmQueues:
    - Name: queue
      CapacityType: ONDEMAND
      ComputeSettings: { LocalStorage: { RootVolume: { ${volume} }, EphemeralVolume: { MountDir: /scratch } } }
      CustomActions: { OnNodeStart: ${script} }
      Iam: { S3Access: [{ BucketName: bucket }] }
      Image: { CustomAmi: ami-12345678 }
      HealthChecks: { Gpu: { Enabled: true } }
      Tags: [{ Key: a, Value: b }]
      Networking: { SubnetIds: [subnet-12345678], PlacementGroup: { Enabled: true }, ${proxy} }
      ComputeResources:
        - Name: nodes
          Instances: [{ InstanceType: c5n.18xlarge }]
          MinCount: 0
          MaxCount: 4
          SpotPrice: 1.5
          Efa: { Enabled: true }
          CapacityReservationTarget: { CapacityReservationId: cr-12345678 }
          Networking: { PlacementGroup: { Name: group } }
          CustomSlurmSettings: { Features: fast }
          StaticNodePriority: 10
          LaunchTemplateOverrides: { LaunchTemplateId: lt-12345678, Version: 1 }
SharedStorage:
  - { Name: ebs, MountDir: /ebs, StorageType: Ebs, EbsSettings: { VolumeType: gp3, Size: 50, Raid: { Type: 1, NumberOfVolumes: 2 } } }
  - { Name: efs, MountDir: /efs, StorageType: Efs, EfsSettings: { ThroughputMode: provisioned, ProvisionedThroughput: 1024 } }
  - { Name: zfs, MountDir: /zfs, StorageType: FsxOpenZfs, FsxOpenZfsSettings: { VolumeId: fsvol-0123456789abcdef0 } }
  - { Name: ontap, MountDir: /ontap, StorageType: FsxOntap, FsxOntapSettings: { VolumeId: fsvol-0123456789abcdef1 } }
  - { Name: cache, MountDir: /cache, StorageType: FileCache, FileCacheSettings: { FileCacheId: fc-0123456789abcdef0 } }
  - Name: lustre
    MountDir: /lustre
    StorageType: FsxLustre
    FsxLustreSettings:
      StorageCapacity: 1200
      DeploymentType: PERSISTENT_2
      PerUnitStorageThroughput: 125
      AutomaticBackupRetentionDays: 2
      WeeklyMaintenanceStartTime: '1:00:00'
      DataRepositoryAssociations:
        - { Name: data, DataRepositoryPath: s3://bucket/data, FileSystemPath: /data, AutoExportPolicy: [NEW] }
`

export const everySection = (): object => parse(text, { version: '1.1' }) as object
