// The one CloudFormation stack of a cluster: everything that lives and dies with it.
import type { Cluster } from '../cluster.ts'
import { homeDirectory, jobLogGroupName, keyPairName, nameClaim } from '../names.ts'
import type { Configuration } from '../pcluster/configuration.ts'
import { trustedKeysObject } from '../rotation.ts'
import { withShape } from '../shape/with-shape.ts'
import type { Site } from '../site.ts'
import { slotCidr } from '../slots.ts'
import { jobLogPolicy } from './job-log-policy.ts'
import { projectPolicy } from './project-policy.ts'
import { renderConfiguration } from './render.ts'
import { headSecurityGroup, securityGroup, selfRules } from './security-group.ts'
import { stackOutputs } from './stack-outputs.ts'
import { hasEfa, type Templates } from './templates.ts'
import { scriptValues, type Values } from './values.ts'

/** CloudFormation takes at most so many bytes of template in a request. */
export const templateBytesLimit = 51_200

export function stackTemplate(templates: Templates, cluster: Cluster, site: Site): object {
  const { name, slot, zone, spec } = cluster
  if (slot === undefined || zone === undefined)
    throw new Error(`${name} has no slot or no zone, so it can have no stack.`)
  const subnetCidr = slotCidr(site.network, slot)
  const { ruleResources = true } = site.network
  const rules =
    ruleResources && hasEfa(withShape(templates, spec), spec.tier) ? selfRules('SecurityGroup') : {}

  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `The cluster ${name} of the HPC provisioner`,
    Resources: {
      // A create that fails has the provider delete what goes by the cluster's name, whoever built it.
      NameClaim: {
        Type: 'AWS::Logs::LogGroup',
        Properties: { LogGroupName: nameClaim(name), RetentionInDays: 1 },
      },
      Subnet: {
        Type: 'AWS::EC2::Subnet',
        Properties: {
          VpcId: site.network.vpcId,
          CidrBlock: subnetCidr,
          AvailabilityZone: zone,
          MapPublicIpOnLaunch: false,
          Tags: [{ Key: 'Name', Value: name }],
        },
      },
      SubnetRouteTable: {
        Type: 'AWS::EC2::SubnetRouteTableAssociation',
        Properties: { SubnetId: { Ref: 'Subnet' }, RouteTableId: site.network.routeTableId },
      },
      SecurityGroup: securityGroup(site, name, subnetCidr),
      HeadSecurityGroup: headSecurityGroup(site, name),
      ...rules,
      AccessPoint: accessPoint(cluster, site),
      ProjectPolicy: projectPolicy(cluster, site, 'AccessPoint'),
      JobLogGroup: {
        Type: 'AWS::Logs::LogGroup',
        // Job records outlive the cluster until they expire, but not a stack that never came to be.
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
        Properties: {
          LogGroupName: jobLogGroupName(cluster),
          RetentionInDays: site.logRetentionDays,
          ...(site.logKeyArn ? { KmsKeyId: site.logKeyArn } : {}),
        },
      },
      JobLogPolicy: jobLogPolicy('JobLogGroup'),
      Cluster: {
        Type: 'Custom::PclusterCluster',
        // Nodes need the way to the endpoints, and ParallelCluster checks the rules, before it begins.
        DependsOn: ['NameClaim', 'SubnetRouteTable', ...Object.keys(rules)],
        // No RollbackOnFailure: the provider passes every property on, and ParallelCluster's update refuses that one.
        Properties: {
          ServiceToken: site.provider.serviceToken,
          ClusterName: name,
          ClusterConfiguration: clusterConfiguration(templates, cluster, site),
          DeletionPolicy: 'Delete',
        },
      },
    },
    Outputs: stackOutputs(site),
  }
}

/** ParallelCluster's configuration of the cluster, with references to the stack's other resources. */
export const clusterConfiguration = (templates: Templates, cluster: Cluster, site: Site): Configuration =>
  renderConfiguration(templates, cluster.spec, stackValues(cluster, site))

/** Root's, so that nobody but root on a node can make another home in it. */
const accessPoint = (cluster: Cluster, { storage }: Site) => ({
  Type: 'AWS::EFS::AccessPoint',
  Properties: {
    FileSystemId: storage.fileSystemId,
    RootDirectory: {
      Path: homeDirectory(cluster),
      CreationInfo: { OwnerUid: '0', OwnerGid: '0', Permissions: '0755' },
    },
  },
})

/** What the templates may use: facts of the record and the site, and references to the stack's other resources. */
function stackValues(cluster: Cluster, site: Site): Values {
  const { fileSystemId, publicBucket, privateBucket, mountpoint } = site.storage
  return {
    region: site.region,
    clusterName: cluster.name,
    virtualLab: cluster.virtualLab,
    project: cluster.project,
    deploymentId: cluster.deploymentId,
    subnetId: { Ref: 'Subnet' },
    securityGroupId: { 'Fn::GetAtt': ['SecurityGroup', 'GroupId'] },
    headSecurityGroupId: { 'Fn::GetAtt': ['HeadSecurityGroup', 'GroupId'] },
    fileSystemId,
    accessPointId: { Ref: 'AccessPoint' },
    keyName: keyPairName(cluster),
    userPublicKey: base64Part(cluster),
    customAmi: site.customAmi,
    projectPolicyArn: { Ref: 'ProjectPolicy' },
    mountpointUrl: mountpoint ? `s3://${publicBucket}/${mountpoint.key}` : 'none',
    mountpointSha256: mountpoint?.sha256 ?? 'none',
    publicBucket,
    privateBucket,
    scriptsBucket: site.scripts.bucket,
    jobLogGroupName: jobLogGroupName(cluster),
    jobLogPolicyArn: { Ref: 'JobLogPolicy' },
    logRetentionDays: site.logRetentionDays,
    nodeKeysBucket: site.nodeKeys.bucket,
    nodeKeysKey: trustedKeysObject(cluster),
    jwksBucket: site.slurmRest?.jwks.bucket,
    jwksKey: site.slurmRest?.jwks.key,
    userClaimField: site.slurmRest?.userClaimField,
    slurmRestPort: site.slurmRest && String(site.slurmRest.port),
    databaseUri: cluster.accounting?.uri,
    databaseName: cluster.accounting?.databaseName,
    databaseUser: cluster.accounting?.userName,
    databasePasswordSecretArn: cluster.accounting?.passwordSecretArn,
    firstJobId: cluster.accounting?.firstJobId,
    ...scriptValues(site.scripts),
  }
}

function base64Part({ name, keys }: Cluster): string {
  const [type, base64] = keys?.userPublicKey.trim().split(/\s+/) ?? []
  if (type === 'ssh-ed25519' && base64) return base64
  throw new Error(`${name} has no ssh-ed25519 key for its user.`)
}
