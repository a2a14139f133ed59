// What each function may call, and nothing else. A wildcard stands beside its reason.
import type { Stack } from 'aws-cdk-lib'
import type { EventBus } from 'aws-cdk-lib/aws-events'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { activityStream } from '../core/lifetime/activity.ts'
import { policyPath } from '../core/orphans/owner.ts'
import type { Tables } from './tables.ts'

export type At = {
  stack: Stack
  tables: Tables
  queue: Queue
  bus: EventBus
  /** Where the stream's records are named that could not be told of. */
  lost: Queue
  stackRoleArn: string
  /** The role that ParallelCluster's own stack is deleted with; none where the provider is a local one. */
  removalRoleArn?: string | undefined
  /** The functions that reach the accounting database, where there is one. */
  accounting?: { accounting: string; usage: string } | undefined
  key?: IKey
  /** The bucket of what nodes trust. */
  nodeKeysArn: string
  /** Whether rights to a log stream can be given by its name. */
  logStreamRights: boolean
}

export const allow = (actions: string[], resources: string[], conditions?: PolicyStatement['conditions']) =>
  new PolicyStatement({ actions, resources, ...(conditions ? { conditions } : {}) })

export const arn = ({ stack }: Pick<At, 'stack'>, service: string, resource: string) =>
  `arn:${stack.partition}:${service}:${stack.region}:${stack.account}:${resource}`

// The names carry the cluster and the deployment, see core/names.ts.
export const secretArns = (at: Pick<At, 'stack'>) => arn(at, 'secretsmanager', 'secret:hpc-provisioner/*')
export const keyPairArns = (at: At) => arn(at, 'ec2', 'key-pair/hpc-*')
const stackArns = (at: At) => arn(at, 'cloudformation', 'stack/hpc-*/*')
// A deployment's stack ends in its 26-character id. The app's own stacks, hpc-provisioner-…, never have a dash at that
// place, since an environment's name has at most 20 characters.
export const deploymentStackArns = (at: At) =>
  arn(at, 'cloudformation', `stack/hpc-*-${'?'.repeat(15)}-${'?'.repeat(26)}/*`)
/** One stream of each deployment's job log; not "jobs", which has what jobs printed. */
export const jobLogStream = (at: At, stream: string) =>
  arn(at, 'logs', `log-group:/hpc-provisioner/jobs/*${at.logStreamRights ? `:log-stream:${stream}` : ''}`)
/** Where CloudFormation makes the policies of clusters. */
export const clusterPolicyArns = ({ stack }: At) =>
  `arn:${stack.partition}:iam::${stack.account}:policy${policyPath}hpc-*`
const indexArns = ({ tables }: At) => `${tables.clusters.tableArn}/index/*`

// What a cluster's stack makes carries this tag, see core/names.ts.
export const ofACluster = { Null: { 'aws:ResourceTag/hpc-provisioner:cluster': 'false' } }

/**
 * No function calls KMS. The services that keep its data do so in its name, and nothing else may
 * (KMS developer guide, "kms:ViaService").
 */
export const withTheKey = ({ stack, key }: At, uses: Record<string, string[]>): PolicyStatement[] =>
  Object.entries(key ? uses : {}).map(([service, actions]) =>
    allow(actions, [key?.keyArn ?? ''], {
      StringEquals: { 'kms:ViaService': `${service}.${stack.region}.amazonaws.com` },
    }),
  )
// DynamoDB developer guide, "Authorizing use of your customer managed key"; SQS developer guide, "Key management";
// Secrets Manager user guide, "Permissions for the KMS key".
const readsAndWrites = ['kms:Decrypt', 'kms:GenerateDataKey']
export const tableUse = [
  ...readsAndWrites,
  'kms:Encrypt',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:DescribeKey',
]

export const apiStatements = (at: At): PolicyStatement[] => [
  allow(
    ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Scan', 'dynamodb:PutItem'],
    [at.tables.clusters.tableArn],
  ),
  // Each index of the table is one of ours.
  allow(['dynamodb:Query'], [indexArns(at)]),
  allow(['dynamodb:BatchGetItem', 'dynamodb:PutItem'], [at.tables.slots.tableArn]),
  allow(['dynamodb:Query', 'dynamodb:PutItem'], [at.tables.events.tableArn]),
  // Entries are added, by a condition never replaced, and read; each index is one of ours.
  allow(['dynamodb:PutItem'], [at.tables.audit.tableArn]),
  allow(['dynamodb:Query'], [at.tables.audit.tableArn, `${at.tables.audit.tableArn}/index/*`]),
  // A place of the virtual lab, and a cluster's place in the queue.
  allow(['dynamodb:BatchGetItem', 'dynamodb:UpdateItem', 'dynamodb:Query'], [at.tables.operations.tableArn]),
  allow(['sqs:SendMessage'], [at.queue.queueArn]),
  allow(
    ['secretsmanager:CreateSecret', 'secretsmanager:TagResource', 'secretsmanager:DeleteSecret'],
    [secretArns(at)],
  ),
  allow(['ec2:ImportKeyPair', 'ec2:DeleteKeyPair'], [keyPairArns(at)]),
  allow(['ec2:CreateTags'], [keyPairArns(at)], { StringEquals: { 'ec2:CreateAction': 'ImportKeyPair' } }),
  // EC2's Describe calls know no resources (Service Authorization Reference, "Amazon EC2").
  allow(['ec2:DescribeInstanceTypeOfferings'], ['*']),
  ...withTheKey(at, { dynamodb: tableUse, sqs: readsAndWrites, secretsmanager: readsAndWrites }),
  ...(at.accounting ? [allow(['lambda:InvokeFunction'], [at.accounting.usage])] : []),
]

export const reconcileStatements = (at: At): PolicyStatement[] => [
  allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'], [at.tables.clusters.tableArn]),
  allow(['dynamodb:DeleteItem'], [at.tables.slots.tableArn]),
  // By its history a stack is told from one of another environment of the account.
  allow(['dynamodb:PutItem', 'dynamodb:Query'], [at.tables.events.tableArn]),
  allow(
    ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
    [at.tables.operations.tableArn],
  ),
  allow(['sqs:SendMessage'], [at.queue.queueArn]),
  // ParallelCluster's own stack, named by the cluster alone, is looked at too.
  allow(
    [
      'cloudformation:DescribeStacks',
      'cloudformation:DescribeStackEvents',
      // Where the cluster's Lustre is found.
      'cloudformation:ListStackResources',
    ],
    [stackArns(at)],
  ),
  // ParallelCluster's own table of a cluster, by which its nodes are ended before a delete; that one item of it.
  allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], [arn(at, 'dynamodb', 'table/parallelcluster-hpc-*')], {
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['COMPUTE_FLEET'] },
  }),
  // Whether a cluster has jobs, and nothing of what they were or printed.
  allow(['logs:GetLogEvents'], [jobLogStream(at, activityStream)]),
  // Of file systems and tasks of clusters, whose tags are those of their stack.
  allow(['fsx:CreateDataRepositoryTask'], [arn(at, 'fsx', 'file-system/*')], ofACluster),
  // A task gets its id, and no tag, when it is made; FSx knows no condition that tells ours.
  allow(['fsx:CreateDataRepositoryTask', 'fsx:CancelDataRepositoryTask'], [arn(at, 'fsx', 'task/*')]),
  // FSx's Describe calls know no resources (Service Authorization Reference, "Amazon FSx").
  allow(['fsx:DescribeDataRepositoryTasks'], ['*']),
  // Under that one role, and never under the one that deletes ParallelCluster's stacks, where there is one.
  allow(
    ['cloudformation:CreateStack', 'cloudformation:UpdateStack'],
    [deploymentStackArns(at)],
    at.removalRoleArn ? { StringEquals: { 'cloudformation:RoleArn': at.stackRoleArn } } : undefined,
  ),
  allow(
    ['cloudformation:GetTemplate', 'cloudformation:DeleteStack', 'cloudformation:TagResource'],
    [deploymentStackArns(at)],
  ),
  allow(['iam:PassRole'], [at.stackRoleArn, ...(at.removalRoleArn ? [at.removalRoleArn] : [])], {
    StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' },
  }),
  // Keys end with their deployment, and so are taken away by the one who sees it end; whether they are there is looked for.
  allow(['secretsmanager:DeleteSecret', 'secretsmanager:DescribeSecret'], [secretArns(at)]),
  // A key pair that someone removed is imported again, from the public half on record.
  allow(['ec2:DeleteKeyPair', 'ec2:ImportKeyPair'], [keyPairArns(at)]),
  allow(['ec2:CreateTags'], [keyPairArns(at)], { StringEquals: { 'ec2:CreateAction': 'ImportKeyPair' } }),
  // EC2's Describe calls know no resources (Service Authorization Reference, "Amazon EC2").
  allow(
    [
      'ec2:DescribeInstanceTypeOfferings',
      'ec2:DescribeKeyPairs',
      // What a deletion left behind, here and below.
      'ec2:DescribeSubnets',
      'ec2:DescribeRouteTables',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSecurityGroupRules',
    ],
    ['*'],
  ),
  // Without a condition on tags: of what is gone, the answer has to be that it is gone.
  allow(['elasticfilesystem:DescribeAccessPoints'], [arn(at, 'elasticfilesystem', 'access-point/*')]),
  allow(['iam:GetPolicy'], [clusterPolicyArns(at)]),
  // Looks by name prefix, which IAM cannot narrow down.
  allow(['logs:DescribeLogGroups'], [arn(at, 'logs', 'log-group:*')]),
  ...withTheKey(at, { dynamodb: tableUse, sqs: readsAndWrites }),
  ...(at.accounting ? [allow(['lambda:InvokeFunction'], [at.accounting.accounting])] : []),
]

/** Of the bucket of keys and the one object in it. */
export const keyStatements = (bucketArn: string, key: string): PolicyStatement[] => [
  allow(['s3:GetObject', 's3:PutObject'], [`${bucketArn}/${key}`]),
  // Without it S3 calls an object that is not there forbidden, not absent (Amazon S3 API, GetObject).
  allow(['s3:ListBucket'], [bucketArn]),
]

export const sweepStatements = (at: At): PolicyStatement[] => [
  allow(['dynamodb:Query'], [`${at.tables.clusters.tableArn}/index/byDue`, at.tables.operations.tableArn]),
  allow(['sqs:SendMessage'], [at.queue.queueArn]),
  ...withTheKey(at, { dynamodb: tableUse, sqs: readsAndWrites }),
]

export const notifyStatements = (at: At): PolicyStatement[] => [
  allow(
    ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
    [at.tables.events.tableStreamArn ?? ''],
  ),
  // It knows no resources (Service Authorization Reference, "Amazon DynamoDB"), and Lambda asks for it.
  allow(['dynamodb:ListStreams'], ['*']),
  allow(['events:PutEvents'], [at.bus.eventBusArn]),
  allow(['sqs:SendMessage'], [at.lost.queueArn]),
  ...withTheKey(at, { dynamodb: ['kms:Decrypt'], sqs: readsAndWrites }),
]

export const measureStatements = (at: At): PolicyStatement[] => [
  allow(['dynamodb:Scan'], [at.tables.slots.tableArn]),
  allow(['dynamodb:Query'], [`${at.tables.clusters.tableArn}/index/byStatus`, at.tables.operations.tableArn]),
  ...withTheKey(at, { dynamodb: tableUse }),
]
