// What the sweeper of orphans may do: look at everything by our tags, and delete only what carries them.
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Site } from '../core/site.ts'
import type { Environment } from './environment.ts'
import {
  type At,
  allow,
  arn,
  clusterPolicyArns,
  deploymentStackArns,
  keyPairArns,
  secretArns,
  tableUse,
  withTheKey,
} from './permissions.ts'

export type Swept = Pick<Site, 'network' | 'storage'> & Pick<Environment, 'sweepOrphans' | 'tagConditions'>

/** Deletion asks for both tags of a deployment, which no thing of the app or of somebody else's has. */
const tagsOfADeployment = {
  Null: {
    'aws:ResourceTag/hpc-provisioner:cluster': 'false',
    'aws:ResourceTag/hpc-provisioner:deployment': 'false',
  },
}

export const orphansStatements = (at: At, swept: Swept): PolicyStatement[] => [
  ...lookStatements(at, swept),
  ...(swept.sweepOrphans === 'delete' ? deleteStatements(at, swept) : []),
]

const lookStatements = (at: At, { storage }: Swept): PolicyStatement[] => [
  // A slot whose subnet is gone is given back wherever it looks, while its deployment has no record.
  allow(['dynamodb:Scan', 'dynamodb:GetItem', 'dynamodb:ConditionCheckItem'], [at.tables.clusters.tableArn]),
  allow(['dynamodb:Scan', 'dynamodb:DeleteItem'], [at.tables.slots.tableArn]),
  allow(['dynamodb:Query'], [at.tables.events.tableArn]),
  // Who asked for deletions, refused ones too.
  allow(['dynamodb:PutItem'], [at.tables.audit.tableArn]),
  // Whoever asks for all stacks asks for no one (CloudFormation API reference, DescribeStacks); EC2's Describe calls and
  // ListSecrets know no resources (Service Authorization Reference).
  allow(
    [
      'cloudformation:DescribeStacks',
      'ec2:DescribeInstances',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeVolumes',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSubnets',
      'ec2:DescribeKeyPairs',
      'secretsmanager:ListSecrets',
      'iam:ListPolicies',
    ],
    ['*'],
  ),
  allow(['fsx:DescribeFileSystems'], [arn(at, 'fsx', 'file-system/*')]),
  allow(
    ['elasticfilesystem:DescribeAccessPoints'],
    [
      arn(at, 'elasticfilesystem', `file-system/${storage.fileSystemId}`),
      arn(at, 'elasticfilesystem', 'access-point/*'),
    ],
  ),
  allow(['iam:ListPolicyTags'], [clusterPolicyArns(at)]),
  allow(['s3:ListBucket'], [at.nodeKeysArn]),
  ...withTheKey(at, { dynamodb: tableUse }),
]

const deleteStatements = (at: At, { network, tagConditions }: Swept): PolicyStatement[] => {
  const ofADeployment = tagConditions ? tagsOfADeployment : undefined
  const inOurVpc = tagConditions
    ? { ArnEquals: { 'ec2:Vpc': arn(at, 'ec2', `vpc/${network.vpcId}`) } }
    : undefined
  return [
    allow(['cloudformation:DeleteStack'], [deploymentStackArns(at)], ofADeployment),
    allow(['secretsmanager:DeleteSecret'], [secretArns(at)], ofADeployment),
    allow(['ec2:DeleteKeyPair'], [keyPairArns(at)], ofADeployment),
    // Ours by where they are: the bucket holds nothing else.
    allow(['s3:DeleteObject'], [`${at.nodeKeysArn}/*`]),
    allow(
      ['ec2:DeleteSubnet', 'ec2:DeleteSecurityGroup', 'ec2:DeleteNetworkInterface'],
      [arn(at, 'ec2', 'subnet/*'), arn(at, 'ec2', 'security-group/*'), arn(at, 'ec2', 'network-interface/*')],
      ofADeployment && { ...inOurVpc, ...ofADeployment },
    ),
    // Neither knows its VPC as a condition (Service Authorization Reference, "Amazon EC2").
    allow(
      ['ec2:TerminateInstances', 'ec2:DeleteVolume'],
      [arn(at, 'ec2', 'instance/*'), arn(at, 'ec2', 'volume/*')],
      ofADeployment,
    ),
    allow(['fsx:DeleteFileSystem'], [arn(at, 'fsx', 'file-system/*')], ofADeployment),
    allow(
      ['elasticfilesystem:DeleteAccessPoint'],
      [arn(at, 'elasticfilesystem', 'access-point/*')],
      ofADeployment,
    ),
    allow(['iam:DeletePolicy'], [clusterPolicyArns(at)], ofADeployment),
    // Which removes a deployment's login, and its password's secret.
    ...(at.accounting ? [allow(['lambda:InvokeFunction'], [at.accounting.accounting])] : []),
  ]
}
