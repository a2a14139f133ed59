// The role under which CloudFormation deletes ParallelCluster's own stack where its provider has not: the provider gives that
// stack no role of its own (aws-parallelcluster, cli/src/pcluster/aws/cfn.py), so that it would be deleted with the rights of
// whoever asks, and the reconciler has none. It can delete what such a stack is made of, and make nothing.
// What that is: aws-parallelcluster, cloudformation/policies/parallelcluster-policies.yaml, of which this is the deleting part.
import { Stack } from 'aws-cdk-lib'
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { type At, arn as arnOf, ofACluster, allow as statement } from './permissions.ts'

export function removalRole(scope: Construct): Role {
  const { partition, region, account } = Stack.of(scope)
  const arn = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`
  const role = new Role(scope, 'RemovalRole', {
    assumedBy: new ServicePrincipal('cloudformation.amazonaws.com'),
    description: "CloudFormation: deletes ParallelCluster's own stack of a cluster without its provider",
  })
  const allow = (actions: string[], resources: string[], conditions?: PolicyStatement['conditions']) =>
    role.addToPolicy(statement(actions, resources, conditions))

  // Handlers look at what they delete by calls of their own choice; EC2's Describe calls know no resources.
  allow(['ec2:Describe*'], ['*'])
  allow(
    [
      'ec2:TerminateInstances',
      'ec2:DeleteNetworkInterface',
      'ec2:DeleteSecurityGroup',
      'ec2:DeleteVolume',
      'ec2:RevokeSecurityGroupIngress',
      'ec2:RevokeSecurityGroupEgress',
    ],
    ['instance', 'network-interface', 'security-group', 'volume'].map((kind) => arn('ec2', `${kind}/*`)),
    ofACluster,
  )
  // Their tags are not those of the stack for certain.
  allow(
    ['ec2:DeleteLaunchTemplate', 'ec2:DeletePlacementGroup'],
    [arn('ec2', 'launch-template/*'), arn('ec2', 'placement-group/*')],
  )
  allow(
    ['fsx:DeleteFileSystem', 'fsx:DeleteDataRepositoryAssociation'],
    [arn('fsx', 'file-system/*'), arn('fsx', 'association/*')],
    ofACluster,
  )
  // FSx's Describe calls know no resources that a handler could name beforehand.
  allow(
    ['fsx:DescribeFileSystems', 'fsx:DescribeDataRepositoryAssociations'],
    [arn('fsx', 'file-system/*'), arn('fsx', 'association/*')],
  )
  allow(['dynamodb:DeleteTable', 'dynamodb:DescribeTable'], [arn('dynamodb', 'table/parallelcluster-hpc-*')])
  const iam = (resource: string) => `arn:${partition}:iam::${account}:${resource}`
  allow(
    [
      'iam:GetRole',
      'iam:DeleteRole',
      'iam:DeleteRolePolicy',
      'iam:DetachRolePolicy',
      'iam:ListRolePolicies',
      'iam:ListAttachedRolePolicies',
      'iam:GetInstanceProfile',
      'iam:DeleteInstanceProfile',
      'iam:RemoveRoleFromInstanceProfile',
    ],
    [iam('role/parallelcluster/hpc-*'), iam('instance-profile/parallelcluster/hpc-*')],
  )
  // The function of ParallelCluster's that ends the nodes when the stack is deleted.
  allow(
    ['lambda:InvokeFunction', 'lambda:DeleteFunction', 'lambda:GetFunction'],
    [arn('lambda', 'function:pcluster-*')],
  )
  allow(['logs:DeleteLogGroup'], [arn('logs', 'log-group:/aws/lambda/pcluster-*')])
  allow(
    ['cloudwatch:DeleteDashboards', 'cloudwatch:DeleteAlarms'],
    [`arn:${partition}:cloudwatch::${account}:dashboard/hpc-*`, arn('cloudwatch', 'alarm:hpc-*')],
  )
  // Queues are nested stacks of it.
  allow(
    ['cloudformation:DeleteStack', 'cloudformation:DescribeStacks'],
    [arn('cloudformation', 'stack/hpc-*/*')],
    ofACluster,
  )
  return role
}

/**
 * What the reconciler may of it: ParallelCluster's stack of a cluster of ours, which its tags tell, under that role only. An
 * emulator knows neither condition; there the name has to do, which ends in the cluster's 15-character hash.
 */
export const removalStatements = (at: At): PolicyStatement[] => [
  statement(
    ['cloudformation:DeleteStack'],
    [arnOf(at, 'cloudformation', `stack/hpc-*-${'?'.repeat(15)}/*`)],
    at.removalRoleArn
      ? { ...ofACluster, StringEquals: { 'cloudformation:RoleArn': at.removalRoleArn } }
      : undefined,
  ),
]
