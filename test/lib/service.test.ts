// The control plane's parts: functions, queue, schedule, tables.
import { describe, expect, it } from 'vitest'
import { auditIndexes, indexes } from '../../aws/tables.ts'
import { deploy } from './deployed.ts'
import { evaluate } from './iam.ts'

const example = deploy('example')
const local = deploy('local')

describe.each([
  ['example', example],
  ['local', local],
] as const)('the functions of %s', (_, { all, environment }) => {
  const functions = all('AWS::Lambda::Function')

  it('run on arm64 with Node 24', () => {
    expect(functions.length).toBeGreaterThanOrEqual(3)
    for (const { path, Properties } of functions)
      expect([path, Properties.Runtime, Properties.Architectures]).toEqual([path, 'nodejs24.x', ['arm64']])
  })

  it('write into log groups that expire', () => {
    for (const { path, Properties } of functions) {
      const group = all('AWS::Logs::LogGroup').find(({ id }) =>
        Properties.LoggingConfig?.LogGroup.includes(`-${id}-`),
      )
      expect([path, group?.Properties.RetentionInDays]).toEqual([path, environment.logRetentionDays])
    }
  })
})

describe('the queue', () => {
  const { all, one, account } = example
  const looks = one('AWS::SQS::Queue', 'Looks/Looks')
  const deadLetters = one('AWS::SQS::Queue', 'Looks/DeadLetters')
  const source = all('AWS::Lambda::EventSourceMapping').find(({ path }) =>
    path.startsWith('Functions/Reconcile/'),
  )?.Properties

  it('sets a message aside after five failed passes', () => {
    const { deadLetterTargetArn, maxReceiveCount } = looks.Properties.RedrivePolicy
    expect(deadLetterTargetArn).toContain(deadLetters.id)
    expect(maxReceiveCount).toBe(5)
    expect(deadLetters.Properties.MessageRetentionPeriod).toBe(14 * 24 * 3600)
  })

  it('hands out one message at a time, and not again while its pass may be running', () => {
    const { Timeout } = one('AWS::Lambda::Function', 'Functions/Reconcile').Properties
    expect(source).toMatchObject({
      BatchSize: 1,
      FunctionName: expect.stringContaining('FunctionsReconcile'),
    })
    expect(source?.EventSourceArn).toContain(looks.id)
    expect(looks.Properties.VisibilityTimeout).toBeGreaterThan(Timeout)
  })

  it.each(['Looks/Looks', 'Looks/DeadLetters'])('%s refuses what is not TLS', (path) => {
    const queue = one('AWS::SQS::Queue', path)
    const resource = `arn:aws:sqs:eu-west-1:${account}:hpc-provisioner-example-service-${queue.id}-ABCDEFGHIJKL`
    const { Statement } = one('AWS::SQS::QueuePolicy', `${path}/Policy`).Properties.PolicyDocument
    const context = { 'aws:SecureTransport': 'false' }
    expect(evaluate(Statement, { action: 'sqs:SendMessage', resource, context })).toBe('denied')
  })

  it('hears of the stacks of clusters, and of no others', () => {
    const { EventPattern, Targets } = one('AWS::Events::Rule', 'Looks/StackEvents').Properties
    expect(EventPattern).toEqual({
      source: ['aws.cloudformation'],
      'detail-type': ['CloudFormation Stack Status Change'],
      detail: { 'stack-id': [{ prefix: `arn:aws:cloudformation:eu-west-1:${account}:stack/hpc-` }] },
    })
    expect(Targets).toEqual([expect.objectContaining({ Arn: expect.stringContaining(looks.id) })])
  })

  it('takes messages from that rule only', () => {
    const rule = `arn:aws:events:eu-west-1:${account}:rule/hpc-provisioner-example-service-${one('AWS::Events::Rule', 'Looks/StackEvents').id}-ABCDEFGHIJKL`
    const resource = `arn:aws:sqs:eu-west-1:${account}:hpc-provisioner-example-service-${looks.id}-ABCDEFGHIJKL`
    const { Statement } = one('AWS::SQS::QueuePolicy', 'Looks/Looks/Policy').Properties.PolicyDocument
    const from = (SourceArn: string) =>
      evaluate(Statement, {
        action: 'sqs:SendMessage',
        resource,
        context: { 'aws:SecureTransport': 'true', 'aws:SourceArn': SourceArn },
      })
    expect(from(rule)).toBe('allowed')
    expect(from(`${rule}-of-someone-else`)).toBe('silent')
  })

  it('is swept every minute', () => {
    const { ScheduleExpression, State, Targets } = one(
      'AWS::Events::Rule',
      'Functions/EveryMinute',
    ).Properties
    expect([ScheduleExpression, State]).toEqual(['rate(1 minute)', 'ENABLED'])
    expect(Targets).toEqual([expect.objectContaining({ Arn: expect.stringContaining('FunctionsSweep') })])
    const permissions = all('AWS::Lambda::Permission').filter(
      ({ Properties }) =>
        Properties.Principal === 'events.amazonaws.com' && Properties.FunctionName.includes('FunctionsSweep'),
    )
    expect(permissions).toHaveLength(1)
  })
})

describe.each([
  ['example', example, true],
  ['local', local, false],
] as const)('the tables of %s', (_, { all, one }, isProtected) => {
  it('can be brought back to any second of the last weeks, and are protected where data is kept', () => {
    const tables = all('AWS::DynamoDB::GlobalTable')
    expect(tables.map(({ path }) => path)).toEqual([
      'Tables/Clusters',
      'Tables/Slots',
      'Tables/Operations',
      'Tables/Events',
      'Tables/Audit',
    ])
    for (const { Properties } of tables) {
      expect(Properties.BillingMode).toBe('PAY_PER_REQUEST')
      expect(Properties.Replicas).toEqual([
        expect.objectContaining({
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          DeletionProtectionEnabled: isProtected,
        }),
      ])
    }
  })

  it('have an index of what is due that a look costs two units: it holds what a sweep reads', () => {
    const { GlobalSecondaryIndexes } = one('AWS::DynamoDB::GlobalTable', 'Tables/Clusters').Properties
    const byDue = GlobalSecondaryIndexes.find(({ IndexName }: { IndexName: string }) => IndexName === 'byDue')
    expect(byDue.Projection).toEqual({ ProjectionType: 'INCLUDE', NonKeyAttributes: ['deploymentId'] })
  })

  it('have the indexes that the records are read by', () => {
    for (const [table, its] of [
      ['Clusters', indexes],
      ['Audit', auditIndexes],
    ] as const) {
      const { GlobalSecondaryIndexes } = one('AWS::DynamoDB::GlobalTable', `Tables/${table}`).Properties
      const keys = (name: string) =>
        GlobalSecondaryIndexes.find(({ IndexName }: { IndexName: string }) => IndexName === name)?.KeySchema
      for (const [name, { partition, sort }] of Object.entries(its))
        expect([name, keys(name)]).toEqual([
          name,
          [
            { AttributeName: partition, KeyType: 'HASH' },
            { AttributeName: sort, KeyType: 'RANGE' },
          ],
        ])
    }
  })

  it('let the audit trail, and nothing else, expire', () => {
    for (const { path, Properties } of all('AWS::DynamoDB::GlobalTable'))
      expect([path, Properties.TimeToLiveSpecification]).toEqual([
        path,
        path === 'Tables/Audit' ? { AttributeName: 'expires', Enabled: true } : undefined,
      ])
  })
})

describe('the provider', () => {
  it('is the stack that AWS publishes for the region and the version', () => {
    expect(example.one('AWS::CloudFormation::Stack').Properties.TemplateURL).toBe(
      'https://eu-west-1-aws-parallelcluster.s3.eu-west-1.amazonaws.com/parallelcluster/3.16.1/templates/custom_resource/cluster.yaml',
    )
    expect(example.all('AWS::Lambda::Function').map(({ path }) => path)).not.toContain('LocalProvider')
  })

  it('is a function that forwards, on a laptop', () => {
    expect(local.all('AWS::CloudFormation::Stack')).toEqual([])
    expect(
      local.one('AWS::Lambda::Function', 'LocalProvider').Properties.Environment.Variables,
    ).toHaveProperty('PROVIDER_URL')
  })
})
