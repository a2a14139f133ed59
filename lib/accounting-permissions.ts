// What the functions in the VPC may do, which reach the accounting database.
import type { Stack } from 'aws-cdk-lib'
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { allow, arn } from './permissions.ts'

type AtDatabase = { stack: Stack; adminSecretArn: string; readerSecretArn: string }

/** Lambda's own part in a VPC, whose calls know no resources of ours (Lambda developer guide, "Execution role permissions"). */
const inVpc = () =>
  allow(
    [
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    ['*'],
  )

export const accountingStatements = (at: AtDatabase): PolicyStatement[] => [
  allow(['secretsmanager:GetSecretValue'], [at.adminSecretArn, at.readerSecretArn]),
  // A deployment's password: made once, and read again when a call is repeated; never a private key.
  allow(
    [
      'secretsmanager:CreateSecret',
      'secretsmanager:TagResource',
      'secretsmanager:GetSecretValue',
      'secretsmanager:DeleteSecret',
    ],
    [arn(at, 'secretsmanager', 'secret:hpc-provisioner/*/database-password*')],
  ),
  inVpc(),
]

export const usageStatements = (at: AtDatabase): PolicyStatement[] => [
  allow(['secretsmanager:GetSecretValue'], [at.readerSecretArn]),
  inVpc(),
]
