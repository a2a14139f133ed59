// Every rule of the model that ParallelCluster checks without AWS: a configuration, who speaks, where, how loudly.
import { describe, expect, it } from 'vitest'
import { modelRules } from '../../../core/pcluster/model.ts'
import { validate } from '../../../core/pcluster/validate.ts'
import { changed, list, minimal, queue, resource, storage, zones } from './configurations.ts'

import { type Row, storageRows } from './storage-rows.ts'

const settings = 'Scheduling.SlurmSettings'
const secret = 'arn:aws:secretsmanager:eu-west-1:1:secret:x'
const database = (Uri: string, more = {}) => ({
  [`${settings}.Database`]: { Uri, UserName: 'u', PasswordSecretArn: secret, ...more },
})
const directory = (more: object) => ({
  DirectoryService: {
    DomainName: 'corp.example.com',
    DomainAddr: 'ldaps://x',
    PasswordSecretArn: secret,
    DomainReadOnlyUser: 'u',
    ...more,
  },
})
const tags = (count: number) => list(count, (index) => ({ Key: `k${index}`, Value: 'v' }))
const chef = 'DevSettings.Cookbook.ExtraChefAttributes'

const rows: Row[] = [
  ['$InstanceTypesData', 'DevSettings.InstanceTypesData', { 'DevSettings.InstanceTypesData': '{a}' }],
  ['ExtraChefAttributesValidator', chef, { [chef]: '{"cluster":{"slurm":{"reconfigure_timeout":300}}}' }],
  ['ExtraChefAttributesValidator', chef, { [chef]: '{"cluster":{"slurm":{"reconfigure_timeout":true}}}' }],
  ['ExtraChefAttributesValidator', chef, { [chef]: '{"cluster":{"slurm":{"reconfigure_timeout":400.0}}}' }],
  ['ExtraChefAttributesValidator', chef, { [chef]: '{"cluster":{"cluster_readiness_check_enabled":1}}' }],
  [
    'ExtraChefAttributesValidator',
    chef,
    { [chef]: '{"cluster":{"cluster_readiness_check_enabled":"False"}}' },
    'WARNING',
  ],
  ['DomainNameValidator', 'DirectoryService.DomainName', directory({ DomainName: 'a b' })],
  ['DomainAddrValidator', 'DirectoryService.DomainAddr', directory({ DomainAddr: 'x' }), 'WARNING'],
  ['DomainAddrValidator', 'DirectoryService.DomainAddr', directory({ DomainAddr: 'ldap://x' }), 'WARNING'],
  [
    'LdapTlsReqCertValidator',
    'DirectoryService.LdapTlsReqCert',
    directory({ LdapTlsReqCert: 'never' }),
    'WARNING',
  ],
  [
    'AdditionalSssdConfigsValidator',
    'DirectoryService.AdditionalSssdConfigs.id_provider',
    directory({ AdditionalSssdConfigs: { id_provider: 'ad' } }),
  ],
  [
    'AdditionalSssdConfigsValidator',
    'DirectoryService.AdditionalSssdConfigs.access_provider',
    directory({ LdapAccessFilter: 'f', AdditionalSssdConfigs: { access_provider: 'simple' } }),
  ],
  ['IamResourcePrefixValidator', 'Iam.ResourcePrefix', { 'Iam.ResourcePrefix': 'a b' }],
  ['IamResourcePrefixValidator', 'Iam.ResourcePrefix', { 'Iam.ResourcePrefix': 'a'.repeat(31) }],
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
  ['RegionValidator', 'Region', { Region: 'mars-1' }],
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
  [
    'MixedSecurityGroupOverwriteValidator',
    'HeadNode.Networking',
    { 'HeadNode.Networking.SecurityGroups': ['sg-12345678'] },
    'WARNING',
  ],
  ['OsCustomAmiValidator', 'Image.CustomAmi', { 'Image.Os': 'rocky9' }],
  [
    'IntelHpcOsValidator',
    'AdditionalPackages.IntelSoftware.IntelHpcPlatform',
    { 'AdditionalPackages.IntelSoftware.IntelHpcPlatform': true },
  ],
  [
    'InstanceTypeOSCompatibleValidator',
    'HeadNode.InstanceType',
    { 'Image.Os': 'rhel8', 'HeadNode.InstanceType': 'p6e-gb200.36xlarge' },
  ],
  [
    'InstanceTypeOSCompatibleValidator',
    'HeadNode.InstanceType',
    { 'Image.Os': 'rhel8', 'HeadNode.InstanceType': 't3.micro' },
    'WARNING',
  ],
  ['SchedulableMemoryValidator', `${resource}.SchedulableMemory`, { [`${resource}.SchedulableMemory`]: 0 }],
  ['KeyPairValidator', 'HeadNode.Ssh.KeyName', { 'HeadNode.Ssh': {} }, 'WARNING'],
  ['DcvValidator', 'HeadNode.Dcv.AllowedIps', { 'HeadNode.Dcv': { Enabled: true } }, 'WARNING'],
  ['LogRotationValidator', 'Monitoring.Logs', { 'Monitoring.Logs.CloudWatch.Enabled': false }, 'WARNING'],
  [
    'DetailedMonitoringValidator',
    'Monitoring.DetailedMonitoring',
    { 'Monitoring.DetailedMonitoring': true },
    'WARNING',
  ],
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
    `${settings}.CustomSlurmSettings`,
    { [`${settings}.CustomSlurmSettings`]: [{ EPILOG: 'x' }] },
  ],
  [
    'CustomSlurmSettingsValidator',
    `${settings}.CustomSlurmSettings`,
    { ...database('db:1'), [`${settings}.CustomSlurmSettings`]: [{ AccountingStorageHost: 'x' }] },
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
  [
    'CustomSlurmNodeNamesValidator',
    `${settings}.CustomSlurmSettings.0.NodeName`,
    { [`${settings}.CustomSlurmSettings`]: [{ NodeName: 'a-st-1', CPUs: 1 }] },
  ],
  [
    'CustomSlurmSettingsIncludeFileOnlyValidator',
    settings,
    {
      [`${settings}.CustomSlurmSettings`]: [{ A: 'x' }],
      [`${settings}.CustomSlurmSettingsIncludeFile`]: 's3://b/k',
    },
  ],
  [
    'ExternalSlurmdbdVsDatabaseIncompatibility',
    settings,
    {
      ...database('db:1'),
      [`${settings}.ExternalSlurmdbd`]: { Host: 'h' },
      [`${settings}.MungeKeySecretArn`]: secret,
    },
  ],
  [
    'ExternalSlurmdbdRequiresCustomMungeKey',
    `${settings}.MungeKeySecretArn`,
    { [`${settings}.ExternalSlurmdbd`]: { Host: 'h' } },
  ],
  [
    'ExternalSlurmdbdTrafficNotEncrypted',
    `${settings}.ExternalSlurmdbd`,
    { [`${settings}.ExternalSlurmdbd`]: { Host: 'h' }, [`${settings}.MungeKeySecretArn`]: secret },
    'WARNING',
  ],
  ...['/db:3306', 'mysql://db', '?x', 'db:x', 'db:65536', 'db[x'].map(
    (uri): Row => ['DatabaseUriValidator', `${settings}.Database.Uri`, database(uri)],
  ),
  ['DatabaseUriValidator', `${settings}.Database.Uri`, database('db'), 'INFO'],
  [
    'ArnServiceAndResourceValidator',
    `${settings}.MungeKeySecretArn`,
    { [`${settings}.MungeKeySecretArn`]: 'arn:x' },
  ],
  [
    'PasswordSecretArnValidator',
    'DirectoryService.PasswordSecretArn',
    directory({ PasswordSecretArn: 'arn:aws:ssm:eu-west-1:1:parameter/x' }),
  ],
  [
    'DuplicateMountDirValidator',
    'SharedStorage',
    { SharedStorage: list(2, (n) => storage('Ebs', {}, { Name: `s${n}` })) },
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
    'HeadNode.CustomActions.OnNodeStart.Script',
    { 'HeadNode.CustomActions.OnNodeStart.Script': 'ftp://x/y' },
  ],
  [
    'UrlValidator',
    `${queue}.CustomActions.OnNodeStart.Sequence.0.Script`,
    { [`${queue}.CustomActions.OnNodeStart.Sequence`]: [{ Script: 's3://bucket' }] },
  ],
  ...storageRows,
]

describe('a rule', () => {
  it.each(rows)('%s speaks at %s', (validator, path, changes, level = 'ERROR') => {
    const { findings } = validate(changed(changes))
    expect(findings).toContainEqual({ level, validator, path, message: expect.stringMatching(/\.$/) })
  })

  it('is silent over a configuration that is right', () => {
    expect(validate(minimal())).toEqual({ valid: true, findings: [] })
  })

  it('has a row here', () => {
    const named = new Set(rows.map(([validator]) => validator))
    expect(Object.keys(modelRules).filter((name) => !named.has(name))).toEqual([])
  })
})
