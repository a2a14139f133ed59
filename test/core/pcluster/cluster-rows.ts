// Rules of the cluster as a whole, its head node and its directory: a configuration, who speaks, where, how loudly.
import { list, storage } from './configurations.ts'
import type { Row } from './storage-rows.ts'

const secret = 'arn:aws:secretsmanager:eu-west-1:1:secret:x'
const directory = (more: object) => ({
  DirectoryService: {
    DomainName: 'corp.example.com',
    DomainAddr: 'ldaps://x',
    PasswordSecretArn: secret,
    DomainReadOnlyUser: 'u',
    ...more,
  },
})
const chef = 'DevSettings.Cookbook.ExtraChefAttributes'

export const clusterRows: Row[] = [
  ['$InstanceTypesData', 'DevSettings.InstanceTypesData', { 'DevSettings.InstanceTypesData': '{a}' }],
  ['ExtraChefAttributesValidator', chef, { [chef]: '{"cluster":{"slurm":{"reconfigure_timeout":300}}}' }],
  ['ExtraChefAttributesValidator', chef, { [chef]: '{"cluster":{"slurm":{"reconfigure_timeout":true}}}' }],
  ['ExtraChefAttributesValidator', chef, { [chef]: '{"cluster":{"slurm":{"reconfigure_timeout":400.0}}}' }],
  ['ExtraChefAttributesValidator', chef, { [chef]: '{"cluster":{"slurm":{"reconfigure_timeout":NaN}}}' }],
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
  ['RegionValidator', 'Region', { Region: 'mars-1' }],
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
    'PasswordSecretArnValidator',
    'DirectoryService.PasswordSecretArn',
    directory({ PasswordSecretArn: 'arn:aws:ssm:eu-west-1:1:parameter/x' }),
  ],
  [
    'DuplicateMountDirValidator',
    'SharedStorage',
    { SharedStorage: list(2, (n) => storage('Ebs', {}, { Name: `s${n}` })) },
  ],
  [
    'UrlValidator',
    'HeadNode.CustomActions.OnNodeStart.Script',
    { 'HeadNode.CustomActions.OnNodeStart.Script': 'ftp://x/y' },
  ],
]
