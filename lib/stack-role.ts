// The role under which CloudFormation builds and removes the clusters' stacks: the only one that may touch them.
// What each resource type asks for is in its handlers: `aws cloudformation describe-type --type RESOURCE --type-name …`.
import { Stack } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'

/** The tag of everything that is the app's own, as opposed to a cluster's. */
export const environmentTag = 'hpc-provisioner:environment'
/** The tag that a cluster's stack gives to all that it makes, see core/names.ts. */
const clusterTag = 'hpc-provisioner:cluster'

type Props = { vpcId: string; routeTableId: string; fileSystemId: string; serviceToken: string; key?: IKey }
type Conditions = Record<string, Record<string, unknown>>

const tagged = (tag: string, is: boolean) => ({ [`aws:ResourceTag/${tag}`]: String(!is) })

export function clusterStackRole(scope: Construct, props: Props): Role {
  const { partition, region, account } = Stack.of(scope)
  const arn = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`
  const role = new Role(scope, 'ClusterStackRole', {
    assumedBy: new ServicePrincipal('cloudformation.amazonaws.com'),
    description:
      'CloudFormation: subnet, security group, access point, log group and cluster of each deployment',
  })
  const allow = (actions: string[], resources: string[], conditions?: Conditions) =>
    role.addToPolicy(new PolicyStatement({ actions, resources, ...(conditions ? { conditions } : {}) }))

  networkPart(allow, arn, props)
  accessPointPart(allow, arn, props)
  logGroupPart(allow, arn, props)
  policyPart(allow, `arn:${partition}:iam::${account}:policy/parallelcluster/hpc-*`)
  allow(['lambda:InvokeFunction'], [props.serviceToken])
  return role
}

type Allow = (actions: string[], resources: string[], conditions?: Conditions) => void
type Arn = (service: string, resource: string) => string

function networkPart(allow: Allow, arn: Arn, { vpcId, routeTableId }: Props): void {
  // Subnets and groups get their ids at creation; conditions tell the clusters' own from the others.
  const [subnets, groups] = [arn('ec2', 'subnet/*'), arn('ec2', 'security-group/*')]
  const [vpc, routeTable] = [arn('ec2', `vpc/${vpcId}`), arn('ec2', `route-table/${routeTableId}`)]
  const ofACluster = { Null: tagged(clusterTag, true) }
  const inOurVpc = { ArnEquals: { 'ec2:Vpc': vpc } }
  const notTheApps = tagged(environmentTag, false)

  allow(['ec2:CreateSubnet'], [vpc, subnets])
  allow(['ec2:CreateSecurityGroup'], [vpc, groups])
  // Tags come with the creation or, for some handlers, once the resource is set up
  // (github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/714, github.com/aws/aws-cdk/issues/13204).
  // Then they are frozen.
  allow(['ec2:CreateTags'], [subnets, groups], {
    StringEquals: { 'ec2:CreateAction': ['CreateSubnet', 'CreateSecurityGroup'] },
  })
  allow(['ec2:CreateTags'], [subnets, groups], {
    ...inOurVpc,
    Null: { ...notTheApps, ...tagged(clusterTag, false) },
  })
  // So what sets a resource up cannot wait for the tag either.
  allow(['ec2:ModifySubnetAttribute'], [subnets], { ...inOurVpc, Null: notTheApps })
  allow(
    [
      'ec2:AuthorizeSecurityGroupIngress',
      'ec2:AuthorizeSecurityGroupEgress',
      'ec2:RevokeSecurityGroupIngress',
      'ec2:RevokeSecurityGroupEgress',
    ],
    [groups],
    { ...inOurVpc, Null: notTheApps },
  )
  allow(['ec2:AssociateRouteTable', 'ec2:DisassociateRouteTable', 'ec2:DeleteSubnet'], [subnets], ofACluster)
  // An association is of the table too, which carries no cluster's tag.
  allow(['ec2:AssociateRouteTable', 'ec2:DisassociateRouteTable'], [routeTable])
  allow(['ec2:DeleteSecurityGroup'], [groups], ofACluster)
  // Handlers read back what they wrote by calls of their own choice (rules, network ACLs, instances that use a
  // group), and a missing one fails the create; EC2's Describe calls know no resources (Service Authorization Reference).
  allow(['ec2:Describe*'], ['*'])
}

function accessPointPart(allow: Allow, arn: Arn, { fileSystemId }: Props): void {
  const fileSystem = arn('elasticfilesystem', `file-system/${fileSystemId}`)
  // Access points get their ids at creation.
  const accessPoints = arn('elasticfilesystem', 'access-point/*')
  allow(['elasticfilesystem:CreateAccessPoint'], [fileSystem])
  // EFS user guide, "Granting permissions to tag resources during creation": afterwards tags are frozen.
  allow(['elasticfilesystem:TagResource'], [fileSystem, accessPoints], {
    StringEquals: { 'elasticfilesystem:CreateAction': 'CreateAccessPoint' },
  })
  allow(
    ['elasticfilesystem:DescribeAccessPoints', 'elasticfilesystem:ListTagsForResource'],
    [fileSystem, accessPoints],
  )
  allow(['elasticfilesystem:DeleteAccessPoint'], [accessPoints], { Null: tagged(clusterTag, true) })
}

function logGroupPart(allow: Allow, arn: Arn, { key }: Props): void {
  allow(
    [
      'logs:CreateLogGroup',
      'logs:DeleteLogGroup',
      'logs:PutRetentionPolicy',
      'logs:TagResource',
      'logs:ListTagsForResource',
      // What its handler reads back beside the group itself.
      'logs:DescribeIndexPolicies',
      'logs:GetDataProtectionPolicy',
      // CloudWatch Logs asks KMS itself, by the key's own policy.
      ...(key ? ['logs:AssociateKmsKey'] : []),
    ],
    ['jobs', 'names'].map((kind) => arn('logs', `log-group:/hpc-provisioner/${kind}/*`)),
  )
  // Looks for a group by name prefix, which IAM cannot narrow down.
  allow(['logs:DescribeLogGroups'], [arn('logs', 'log-group:*')])
}

/**
 * The policies of a cluster's nodes. IAM cannot say what may be in a policy that someone makes, so what keeps this from being
 * a way up is that nothing here gives a policy to anyone: no Attach, no role, no user. ParallelCluster's provider does,
 * and to the cluster's own roles only.
 */
function policyPart(allow: Allow, policies: string): void {
  allow(
    [
      'iam:CreatePolicy',
      'iam:DeletePolicy',
      'iam:TagPolicy',
      'iam:GetPolicy',
      'iam:GetPolicyVersion',
      'iam:ListPolicyVersions',
      'iam:ListEntitiesForPolicy',
      // An update of a cluster after an upgrade of the service.
      'iam:CreatePolicyVersion',
      'iam:DeletePolicyVersion',
    ],
    [policies],
  )
}
