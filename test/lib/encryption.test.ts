// What rests is encrypted: with the environment's own key where it has one, which nobody uses but for what it is for.
import { describe, expect, it } from 'vitest'
import { stackTemplate } from '../../core/render/stack-template.ts'
import { readTemplates } from '../../lib/read-templates.ts'
import { aCluster } from '../core/samples.ts'
import { deploy, type Resource, siteOf, statementsOf } from './deployed.ts'
import { evaluate, type Request, type Statement } from './iam.ts'
import { awsKeys } from './variants.ts'

const example = deploy('example')
const { account, all, one } = example
const key = `arn:aws:kms:eu-west-1:${account}:key/hpc-provisioner-example-encryption-${one('AWS::KMS::Key').id}-ABCDEFGHIJKL`
const policy = one('AWS::KMS::Key').Properties.KeyPolicy.Statement as Statement[]

/** Where each kind of resource names its key. A kind that keeps data and is not here has nobody to answer for it. */
const keyOf: Record<string, (properties: Resource['Properties']) => unknown> = {
  'AWS::DynamoDB::GlobalTable': ({ Replicas, SSESpecification }) =>
    SSESpecification?.SSEEnabled && Replicas[0].SSESpecification?.KMSMasterKeyId,
  'AWS::SQS::Queue': ({ KmsMasterKeyId }) => KmsMasterKeyId,
  'AWS::S3::Bucket': ({ BucketEncryption }) =>
    BucketEncryption?.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault.KMSMasterKeyID,
  'AWS::EFS::FileSystem': ({ Encrypted, KmsKeyId }) => Encrypted && KmsKeyId,
  'AWS::Logs::LogGroup': ({ KmsKeyId }) => KmsKeyId,
  'AWS::SecretsManager::Secret': ({ KmsKeyId }) => KmsKeyId,
  'AWS::SNS::Topic': ({ KmsMasterKeyId }) => KmsMasterKeyId,
  'AWS::RDS::DBInstance': ({ StorageEncrypted, KmsKeyId }) => StorageEncrypted && KmsKeyId,
}

/** Read by nodes and by services in their own name, each of which would have to be given the key. */
const byAws = [
  'PublicData',
  'PrivateData',
  'NodeKeys',
  'IdentityKeys/Bucket',
  'Database/Secret',
  'ReaderPassword',
]

describe('an environment with a key of its own', () => {
  const kept = Object.keys(keyOf)
    .flatMap((type) => all(type))
    .filter(({ path }) => !byAws.includes(path))

  it.each(kept.map((resource) => [resource.Type, resource.path, resource] as const))(
    'encrypts %s %s with it',
    (type, _, { Properties }) => {
      expect(keyOf[type]?.(Properties)).toBe(key)
    },
  )

  it('has such resources, and changes the key each year', () => {
    expect(kept.length).toBeGreaterThan(9)
    expect(one('AWS::KMS::Key').Properties.EnableKeyRotation).toBe(true)
    expect(one('AWS::KMS::Key').DeletionPolicy).toBe('Retain')
  })

  it.each(byAws)('leaves %s to AWS’s own key', (path) => {
    const [{ Type = '', Properties = {} } = {}] = [
      ...all('AWS::S3::Bucket'),
      ...all('AWS::SecretsManager::Secret'),
    ].filter((resource) => resource.path === path)
    expect(Type).not.toBe('')
    expect(JSON.stringify(Properties)).not.toContain(':kms:')
    if (Type === 'AWS::S3::Bucket') expect(JSON.stringify(Properties.BucketEncryption)).toContain('AES256')
  })

  it('encrypts the secrets of clusters and their job logs with it', () => {
    const { SECRETS_KEY } = one('AWS::Lambda::Function', 'Functions/Api').Properties.Environment.Variables
    const { Resources } = stackTemplate(readTemplates(), aCluster(), siteOf(example)) as {
      Resources: Record<string, { Properties: object }>
    }
    expect(SECRETS_KEY).toBe(key)
    expect(Resources.JobLogGroup?.Properties).toMatchObject({ KmsKeyId: key })
  })
})

describe('the key', () => {
  const workflowService = example.environment.api.callers[0] ?? ''
  const via = (service: string) => ({ 'kms:ViaService': `${service}.eu-west-1.amazonaws.com` })
  const ofService = (name: string) =>
    policy.filter(({ Principal }) => JSON.stringify(Principal) === JSON.stringify({ Service: name }))
  const ofAnyone = policy.filter(({ Principal }) => JSON.stringify(Principal).includes('"*"'))
  const ask = (statements: Statement[], action: string, context: Request['context'] = {}) =>
    evaluate(statements, { action, resource: key, context })
  const secret = (name: string) => ({
    'kms:EncryptionContext:SecretARN': `arn:aws:secretsmanager:eu-west-1:${account}:secret:${name}`,
  })
  const caller = { 'aws:PrincipalArn': workflowService }
  const keys = secret('hpc-provisioner/hpc-a/1/user-ssh-key-AbCdEf')

  it.each<[string, string, Record<string, string>, boolean]>([
    [
      'the Workflow Service, reading a private key',
      'kms:Decrypt',
      { ...caller, ...via('secretsmanager'), ...keys },
      true,
    ],
    [
      'the Workflow Service, another secret',
      'kms:Decrypt',
      { ...caller, ...via('secretsmanager'), ...secret('db') },
      false,
    ],
    ['the Workflow Service, a bucket', 'kms:Decrypt', { ...caller, ...via('s3'), ...keys }, false],
    ['the Workflow Service, by itself', 'kms:Decrypt', { ...caller, ...keys }, false],
    [
      'the Workflow Service, writing',
      'kms:GenerateDataKey',
      { ...caller, ...via('secretsmanager'), ...keys },
      false,
    ],
    [
      'anybody else',
      'kms:Decrypt',
      { 'aws:PrincipalArn': `${workflowService}-2`, ...via('secretsmanager'), ...keys },
      false,
    ],
    ['nobody', 'kms:Decrypt', { ...via('secretsmanager'), ...keys }, false],
  ])('answers %s: %s %j %s', (_, action, context, may) => {
    expect(ask(ofAnyone, action, context) === 'allowed').toBe(may)
  })

  it.each<[string, Record<string, string>]>([
    [
      'logs.eu-west-1.amazonaws.com',
      { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:eu-west-1:${account}:log-group:/a` },
    ],
    [
      'events.amazonaws.com',
      { 'aws:SourceAccount': account, 'aws:SourceArn': `arn:aws:events:eu-west-1:${account}:rule/a` },
    ],
    // To a topic EventBridge says neither its account nor its rule.
    [
      'events.amazonaws.com',
      { 'kms:EncryptionContext:aws:sns:topicArn': `arn:aws:sns:eu-west-1:${account}:topic` },
    ],
    [
      'cloudwatch.amazonaws.com',
      { 'aws:SourceAccount': account, 'aws:SourceArn': `arn:aws:cloudwatch:eu-west-1:${account}:alarm:a` },
    ],
  ])('serves %s for things of this account only', (service, context) => {
    const elsewhere = Object.fromEntries(
      Object.entries(context).map(([name, value]) => [name, value.replace(account, '210987654321')]),
    )
    expect(ask(ofService(service), 'kms:GenerateDataKey', context)).toBe('allowed')
    expect(ask(ofService(service), 'kms:GenerateDataKey', elsewhere)).toBe('silent')
    expect(ask(ofService(service), 'kms:GenerateDataKey')).toBe('silent')
    expect(ask(ofService(service), 'kms:ScheduleKeyDeletion', context)).toBe('silent')
  })

  it.each([
    ['Api', ['dynamodb', 'sqs', 'secretsmanager']],
    ['Reconcile', ['dynamodb', 'sqs']],
    ['Sweep', ['dynamodb', 'sqs']],
  ])('serves the function %s through %j and nothing else', (id, services) => {
    const statements = statementsOf(example, `Functions/${id}Role`)
    for (const service of ['dynamodb', 'sqs', 'secretsmanager', 's3', 'ec2'])
      expect([service, ask(statements, 'kms:GenerateDataKey', via(service))]).toEqual([
        service,
        services.includes(service) ? 'allowed' : 'silent',
      ])
    expect(ask(statements, 'kms:CreateGrant', via('dynamodb'))).toBe('silent')
  })
})

describe('an environment without a key of its own', () => {
  const { all: allOf, one: oneOf } = deploy('example', awsKeys)

  it('has AWS’s own, where data could else rest in clear', () => {
    // CloudWatch cannot use AWS's own key for SNS.
    expect(allOf('AWS::KMS::Key').map(({ path }) => path)).toEqual(['Monitoring/TopicKey'])
    expect(oneOf('AWS::EFS::FileSystem').Properties.Encrypted).toBe(true)
    for (const { Properties } of allOf('AWS::SQS::Queue')) expect(Properties.SqsManagedSseEnabled).toBe(true)
    for (const { Properties } of allOf('AWS::S3::Bucket'))
      expect(Properties.BucketEncryption.ServerSideEncryptionConfiguration).toEqual([
        { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
      ])
  })
})
