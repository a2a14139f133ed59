// The role under which CloudFormation builds and removes the clusters' stacks: the only one that may touch them.
import { Stack } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'

export function clusterStackRole(
  scope: Construct,
  { vpcId, fileSystemId, serviceToken }: { vpcId: string; fileSystemId: string; serviceToken: string },
): Role {
  const { partition, region, account } = Stack.of(scope)
  const arn = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`
  const role = new Role(scope, 'ClusterStackRole', {
    assumedBy: new ServicePrincipal('cloudformation.amazonaws.com'),
    description:
      'CloudFormation: subnet, security group, access point, log group and cluster of each deployment',
  })
  const allow = (actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
    role.addToPolicy(new PolicyStatement({ actions, resources, ...(conditions ? { conditions } : {}) }))
  const vpc = arn('ec2', `vpc/${vpcId}`)
  const [subnets, groups, tables] = ['subnet/*', 'security-group/*', 'route-table/*'].map((name) =>
    arn('ec2', name),
  )
  const ours = { Null: { 'aws:ResourceTag/hpc-provisioner:cluster': 'false' } }

  allow(['ec2:CreateSubnet'], [vpc, subnets as string])
  allow(['ec2:CreateSecurityGroup'], [vpc, groups as string])
  // Only while it makes them; afterwards tags are frozen.
  allow(['ec2:CreateTags'], [subnets as string, groups as string], {
    StringEquals: { 'ec2:CreateAction': ['CreateSubnet', 'CreateSecurityGroup'] },
  })
  allow(
    [
      'ec2:DeleteSubnet',
      'ec2:ModifySubnetAttribute',
      'ec2:AssociateRouteTable',
      'ec2:DisassociateRouteTable',
    ],
    [subnets as string],
    ours,
  )
  // The association is of the table too, which carries no tag of ours.
  allow(['ec2:AssociateRouteTable', 'ec2:DisassociateRouteTable'], [tables as string])
  allow(
    [
      'ec2:DeleteSecurityGroup',
      'ec2:AuthorizeSecurityGroupIngress',
      'ec2:AuthorizeSecurityGroupEgress',
      'ec2:RevokeSecurityGroupIngress',
      'ec2:RevokeSecurityGroupEgress',
    ],
    [groups as string],
    ours,
  )
  // EC2's Describe calls know no resources (Service Authorization Reference, "Amazon EC2").
  allow(
    ['ec2:DescribeSubnets', 'ec2:DescribeRouteTables', 'ec2:DescribeSecurityGroups', 'ec2:DescribeVpcs'],
    ['*'],
  )
  allow(
    ['elasticfilesystem:CreateAccessPoint', 'elasticfilesystem:DescribeAccessPoints'],
    [arn('elasticfilesystem', `file-system/${fileSystemId}`)],
  )
  allow(
    [
      'elasticfilesystem:DeleteAccessPoint',
      'elasticfilesystem:DescribeAccessPoints',
      'elasticfilesystem:TagResource',
      'elasticfilesystem:ListTagsForResource',
    ],
    // Access points get their ids at creation.
    [arn('elasticfilesystem', 'access-point/*')],
  )
  allow(
    [
      'logs:CreateLogGroup',
      'logs:DeleteLogGroup',
      'logs:PutRetentionPolicy',
      'logs:TagResource',
      'logs:ListTagsForResource',
    ],
    [arn('logs', 'log-group:/hpc-provisioner/jobs/*')],
  )
  // Looks for a group by name prefix, which IAM cannot narrow down.
  allow(['logs:DescribeLogGroups'], [arn('logs', 'log-group:*')])
  allow(['lambda:InvokeFunction'], [serviceToken])
  return role
}
