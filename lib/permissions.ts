// What each function may call, and nothing else. A wildcard stands beside its reason.
import type { Stack } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Tables } from './tables.ts'

export type At = {
  stack: Stack
  tables: Tables
  queue: Queue
  stackRoleArn: string
  /** The functions that reach the accounting database, where there is one. */
  accounting?: { accounting: string; usage: string } | undefined
}

const allow = (actions: string[], resources: string[], conditions?: PolicyStatement['conditions']) =>
  new PolicyStatement({ actions, resources, ...(conditions ? { conditions } : {}) })

const arn = ({ stack }: Pick<At, 'stack'>, service: string, resource: string) =>
  `arn:${stack.partition}:${service}:${stack.region}:${stack.account}:${resource}`

// The names carry the cluster and the deployment, see core/names.ts.
const secretArns = (at: Pick<At, 'stack'>) => arn(at, 'secretsmanager', 'secret:hpc-provisioner/*')
const keyPairArns = (at: At) => arn(at, 'ec2', 'key-pair/hpc-*')
const stackArns = (at: At) => arn(at, 'cloudformation', 'stack/hpc-*/*')
// A deployment's stack ends in its 26-character id. The app's own stacks, hpc-provisioner-…, never have a dash at that
// place, since an environment's name has at most 20 characters.
const deploymentStackArns = (at: At) =>
  arn(at, 'cloudformation', `stack/hpc-*-${'?'.repeat(15)}-${'?'.repeat(26)}/*`)
const indexArns = ({ tables }: At) => `${tables.clusters.tableArn}/index/*`

export const apiStatements = (at: At): PolicyStatement[] => [
  allow(
    ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Scan', 'dynamodb:PutItem'],
    [at.tables.clusters.tableArn],
  ),
  // Each index of the table is one of ours.
  allow(['dynamodb:Query'], [indexArns(at)]),
  allow(['dynamodb:BatchGetItem', 'dynamodb:PutItem'], [at.tables.slots.tableArn]),
  allow(['dynamodb:Query', 'dynamodb:PutItem'], [at.tables.events.tableArn]),
  allow(['sqs:SendMessage'], [at.queue.queueArn]),
  allow(
    ['secretsmanager:CreateSecret', 'secretsmanager:TagResource', 'secretsmanager:DeleteSecret'],
    [secretArns(at)],
  ),
  allow(['ec2:ImportKeyPair', 'ec2:DeleteKeyPair'], [keyPairArns(at)]),
  allow(['ec2:CreateTags'], [keyPairArns(at)], { StringEquals: { 'ec2:CreateAction': 'ImportKeyPair' } }),
  ...(at.accounting ? [allow(['lambda:InvokeFunction'], [at.accounting.usage])] : []),
]

export const reconcileStatements = (at: At): PolicyStatement[] => [
  allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'], [at.tables.clusters.tableArn]),
  allow(['dynamodb:DeleteItem'], [at.tables.slots.tableArn]),
  allow(['dynamodb:PutItem'], [at.tables.events.tableArn]),
  allow(['sqs:SendMessage'], [at.queue.queueArn]),
  // ParallelCluster's own stack, named by the cluster alone, is looked at too.
  allow(['cloudformation:DescribeStacks', 'cloudformation:DescribeStackEvents'], [stackArns(at)]),
  allow(
    [
      'cloudformation:CreateStack',
      'cloudformation:UpdateStack',
      'cloudformation:DeleteStack',
      'cloudformation:TagResource',
    ],
    [deploymentStackArns(at)],
  ),
  allow(['iam:PassRole'], [at.stackRoleArn], {
    StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' },
  }),
  // Keys end with their deployment, and so are taken away by the one who sees it end.
  allow(['secretsmanager:DeleteSecret'], [secretArns(at)]),
  allow(['ec2:DeleteKeyPair'], [keyPairArns(at)]),
  // EC2's Describe calls know no resources (Service Authorization Reference, "Amazon EC2").
  allow(['ec2:DescribeInstanceTypeOfferings'], ['*']),
  ...(at.accounting ? [allow(['lambda:InvokeFunction'], [at.accounting.accounting])] : []),
]

export const sweepStatements = (at: At): PolicyStatement[] => [
  allow(['dynamodb:Query'], [`${at.tables.clusters.tableArn}/index/byDue`]),
  allow(['sqs:SendMessage'], [at.queue.queueArn]),
]

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
