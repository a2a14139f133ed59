// What each function may call, and nothing else. A wildcard stands beside its reason.
import type { Stack } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Tables } from './tables.ts'

export type At = { stack: Stack; tables: Tables; queue: Queue; stackRoleArn: string; key?: IKey }

const allow = (actions: string[], resources: string[], conditions?: PolicyStatement['conditions']) =>
  new PolicyStatement({ actions, resources, ...(conditions ? { conditions } : {}) })

const arn = ({ stack }: At, service: string, resource: string) =>
  `arn:${stack.partition}:${service}:${stack.region}:${stack.account}:${resource}`

// The names carry the cluster and the deployment, see core/names.ts.
const secretArns = (at: At) => arn(at, 'secretsmanager', 'secret:hpc-provisioner/*')
const keyPairArns = (at: At) => arn(at, 'ec2', 'key-pair/hpc-*')
const stackArns = (at: At) => arn(at, 'cloudformation', 'stack/hpc-*/*')
// A deployment's stack ends in its 26-character id. The app's own stacks, hpc-provisioner-…, never have a dash at that
// place, since an environment's name has at most 20 characters.
const deploymentStackArns = (at: At) =>
  arn(at, 'cloudformation', `stack/hpc-*-${'?'.repeat(15)}-${'?'.repeat(26)}/*`)
const indexArns = ({ tables }: At) => `${tables.clusters.tableArn}/index/*`

/**
 * No function calls KMS. The services that keep its data do so in its name, and nothing else may
 * (KMS developer guide, "kms:ViaService").
 */
const withTheKey = ({ stack, key }: At, uses: Record<string, string[]>): PolicyStatement[] =>
  Object.entries(key ? uses : {}).map(([service, actions]) =>
    allow(actions, [key?.keyArn ?? ''], {
      StringEquals: { 'kms:ViaService': `${service}.${stack.region}.amazonaws.com` },
    }),
  )
// DynamoDB developer guide, "Authorizing use of your customer managed key"; SQS developer guide, "Key management";
// Secrets Manager user guide, "Permissions for the KMS key".
const readsAndWrites = ['kms:Decrypt', 'kms:GenerateDataKey']
const tableUse = [...readsAndWrites, 'kms:Encrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:DescribeKey']

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
  ...withTheKey(at, { dynamodb: tableUse, sqs: readsAndWrites, secretsmanager: readsAndWrites }),
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
  ...withTheKey(at, { dynamodb: tableUse, sqs: readsAndWrites }),
]

export const sweepStatements = (at: At): PolicyStatement[] => [
  allow(['dynamodb:Query'], [`${at.tables.clusters.tableArn}/index/byDue`]),
  allow(['sqs:SendMessage'], [at.queue.queueArn]),
  ...withTheKey(at, { dynamodb: tableUse, sqs: readsAndWrites }),
]
