// What operators see and are told: alarms with their pages, who hears of them, and the dashboard.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Measure, type MeasureName, measureNames, metricNamespace } from '../../core/notices/measures.ts'
import { slotCount } from '../../core/slots.ts'
import { write } from '../../lambdas/middleware/metrics.ts'
import type { Environment } from '../../lib/environment.ts'
import { caughtMetrics } from '../lambdas/log.ts'
import { deploy, type Resource } from './deployed.ts'
import { evaluate } from './iam.ts'
import { awsKeys } from './variants.ts'

const example = deploy('example')
const { all, one, account } = example
const alarms = all('AWS::CloudWatch::Alarm')
const nameOf = ({ path }: Resource) => path.split('/').at(-1) ?? ''
const alarm = (name: string) => one('AWS::CloudWatch::Alarm', `Monitoring/Alarms/${name}`).Properties

type AlarmMetric = { MetricStat?: { Metric: { MetricName: string; Dimensions: { Value: string }[] } } }
/** What metrics and the dashboard know them by. */
const tables = all('AWS::DynamoDB::GlobalTable').map(
  ({ id }) => `hpc-provisioner-example-service-${id}-ABCDEFGHIJKL`,
)

const runbook = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8')
/** The alarms that each page of the runbook is for. */
const pages = new Map(
  runbook.split(/^## /m).map((page) => {
    const [heading = '', ...text] = page.split('\n')
    return [heading, Array.from(text.join('\n').matchAll(/\*Alarm `(\w+)`/g), ([, name]) => name ?? '')]
  }),
)

describe('every alarm', () => {
  it('has its page in the runbook, and every page its alarm', () => {
    expect([...pages.values()].flat().sort()).toEqual(alarms.map(nameOf).sort())
  })

  it.each(alarms.map((one) => [nameOf(one), one] as const))(
    '%s says what users notice, and names its page',
    (name, { Properties }) => {
      const [, page = ''] =
        /^Users notice: .+\. See docs\/operations\.md, "(.+)"\.$/.exec(Properties.AlarmDescription) ?? []
      expect(pages.get(page)).toContain(name)
    },
  )

  it.each(alarms.map((one) => [nameOf(one), one] as const))(
    '%s tells the topic, and when it is over',
    (_, { Properties }) => {
      const topic = one('AWS::SNS::Topic').id
      for (const actions of [Properties.AlarmActions, Properties.OKActions])
        expect(actions).toEqual([expect.stringContaining(topic)])
    },
  )

  it('is there on a laptop as well, but those that join metrics', () => {
    const joined = alarms.filter(({ Properties }) => Properties.Metrics).map(nameOf)
    expect(joined.sort()).toEqual(['FunctionErrors', 'FunctionThrottles', 'TableThrottles'])
    const local = deploy('local').all('AWS::CloudWatch::Alarm').map(nameOf)
    expect(local.sort()).toEqual(
      alarms
        .map(nameOf)
        // A laptop has a database of its own.
        .filter((name) => !joined.includes(name) && name !== 'DatabaseStorage')
        .sort(),
    )
  })
})

// CloudWatch service quotas, "Alarms": an alarm by an expression has at most ten metrics.
it.each(alarms.map((one) => [nameOf(one), one] as const))('%s joins at most ten metrics', (_, one) => {
  const { Metrics = [] } = one.Properties as { Metrics?: AlarmMetric[] }
  expect(Metrics.filter(({ MetricStat }) => MetricStat).length).toBeLessThanOrEqual(10)
})

describe('the alarm', () => {
  it('DeadLetters is raised by a single message', () => {
    expect(alarm('DeadLetters')).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
      Dimensions: [
        { Name: 'QueueName', Value: expect.stringContaining(one('AWS::SQS::Queue', 'Looks/DeadLetters').id) },
      ],
    })
  })

  it('SweepStopped is raised by silence', () => {
    expect(alarm('SweepStopped')).toMatchObject({ MetricName: 'Invocations', TreatMissingData: 'breaching' })
  })

  it('TableThrottles hears of reads and writes of every table', () => {
    const heard = (alarm('TableThrottles').Metrics as AlarmMetric[]).flatMap(({ MetricStat }) =>
      MetricStat ? `${MetricStat.Metric.Dimensions[0]?.Value} ${MetricStat.Metric.MetricName}` : [],
    )
    expect(tables).toHaveLength(5)
    const throttles = ['ReadThrottleEvents', 'WriteThrottleEvents']
    expect(heard.sort()).toEqual(
      tables.flatMap((table) => throttles.map((metric) => `${table} ${metric}`)).sort(),
    )
  })

  it('SlotsFree is raised while a tenth of the subnets is free', () => {
    expect(slotCount(example.environment.network)).toBe(128)
    expect(alarm('SlotsFree')).toMatchObject({
      Threshold: 13,
      ComparisonOperator: 'LessThanThreshold',
      Statistic: 'Minimum',
    })
  })
})

describe('a metric of our own', () => {
  const written = caughtMetrics()
  const shown = (measure: Measure) => {
    written.length = 0
    write('example', [measure])
    const line = JSON.parse(written.join(''))
    const [{ Namespace, Dimensions, Metrics }] = line._aws.CloudWatchMetrics
    const dimensions = Object.fromEntries(Dimensions[0].map((name: string) => [name, line[name]]))
    return { Namespace, dimensions, Metrics, value: line[measure.name] }
  }

  it('is written under the name and the dimensions that alarms look for', () => {
    const own = alarms.filter(({ Properties }) => Properties.Namespace === metricNamespace)
    expect(own.map(nameOf).sort()).toEqual([
      ...['FailedCreations', 'Orphans', 'QueueLong'],
      ...['SlotsFree', 'StuckDeletions'],
    ])
    for (const { Properties } of own) {
      const name = Properties.MetricName as MeasureName
      expect(Object.keys(measureNames)).toContain(name)
      const { Namespace, dimensions, value } = shown({ name, unit: 'Count', value: 3 })
      expect(Namespace).toBe(metricNamespace)
      expect(value).toEqual(3)
      const wanted = Properties.Dimensions.map(({ Name, Value }: { Name: string; Value: string }) => [
        Name,
        Value,
      ])
      expect(dimensions).toEqual(Object.fromEntries(wanted))
    }
  })

  it('is told apart by its reason, beside the one without', () => {
    const { dimensions } = shown({ name: 'FailedCreations', unit: 'Count', value: 1, reason: 'NoZone' })
    expect(dimensions).toEqual({ environment: 'example', service: 'hpc-provisioner', reason: 'NoZone' })
    const dashboard = JSON.stringify(one('AWS::CloudWatch::Dashboard').Properties.DashboardBody)
    expect(dashboard).toContain(`{${metricNamespace},environment,reason,service}`)
  })
})

describe('the topic', () => {
  const withNotices = (environment: Environment): Environment => ({
    ...environment,
    notifications: { emails: ['ops@example.org'], notices: ['Cluster Failed'] },
  })
  const { Statement } = one('AWS::SNS::TopicPolicy').Properties.PolicyDocument
  const publish = (context: Record<string, string>) =>
    evaluate(Statement, {
      action: 'sns:Publish',
      resource: alarm('DeadLetters').AlarmActions[0],
      context,
    })

  it.each([
    ['its own', deploy('example', (environment) => withNotices(awsKeys(environment)))],
    ['the environment’s', deploy('example', withNotices)],
  ])(
    'is encrypted with a key that turns, %s, which this account’s alarms and notices may use',
    (_, deployed) => {
      const key = deployed.one('AWS::KMS::Key')
      expect(deployed.one('AWS::SNS::Topic').Properties.KmsMasterKeyId).toContain(key.id)
      expect(key.Properties.EnableKeyRotation).toBe(true)
      const use = (service: string, context: Record<string, string>) =>
        evaluate(
          key.Properties.KeyPolicy.Statement.filter(
            ({ Principal }: { Principal: { Service?: string | string[] } }) =>
              [Principal.Service].flat().includes(`${service}.amazonaws.com`),
          ),
          { action: 'kms:GenerateDataKey', resource: '*', context },
        )
      const alarmOf = (owner: string) => ({
        'aws:SourceAccount': owner,
        'aws:SourceArn': `arn:aws:cloudwatch:eu-west-1:${owner}:alarm:a`,
      })
      // SNS developer guide, "Key management": EventBridge says nothing of its account to the key of a topic.
      const topicOf = (owner: string) => ({
        'kms:EncryptionContext:aws:sns:topicArn': `arn:aws:sns:eu-west-1:${owner}:topic`,
      })
      for (const [owner, answer] of [
        [account, 'allowed'],
        ['999999999999', 'silent'],
      ] as const)
        expect([use('cloudwatch', alarmOf(owner)), use('events', topicOf(owner))]).toEqual([answer, answer])
    },
  )

  it('takes nothing that is not TLS', () => {
    expect(publish({ 'aws:SecureTransport': 'false', 'aws:SourceAccount': account })).toBe('denied')
  })

  it('tells the people and the notices that the environment names, and can be one that is there', () => {
    const topicArn = 'arn:aws:sns:eu-west-1:123456789012:ours'
    const told = deploy('example', withNotices)
    expect(told.one('AWS::SNS::Subscription').Properties).toMatchObject({
      Protocol: 'email',
      Endpoint: 'ops@example.org',
    })
    expect(told.one('AWS::Events::Rule', 'Monitoring/ToTopic').Properties.EventPattern).toEqual({
      source: ['hpc-provisioner'],
      'detail-type': ['Cluster Failed'],
    })
    const theirs = deploy('example', (environment) => ({
      ...environment,
      notifications: { emails: [], notices: [], topicArn },
    }))
    expect(theirs.all('AWS::SNS::Topic')).toEqual([])
    expect(
      theirs.one('AWS::CloudWatch::Alarm', 'Monitoring/Alarms/DeadLetters').Properties.AlarmActions,
    ).toEqual([topicArn])
  })
})

describe('the dashboard', () => {
  const body = JSON.stringify(one('AWS::CloudWatch::Dashboard').Properties.DashboardBody)

  it.each(Object.keys(measureNames))('shows %s', (name) => {
    expect(body).toContain(name)
  })
  it.each(tables)('shows throttles and capacity of %s', (table) => {
    // Reads and writes of each.
    expect(body.split(table)).toHaveLength(4 + 1)
  })
  it.each(['5XXError', 'Latency', 'ApproximateAgeOfOldestMessage', 'IteratorAge', 'Throttles', 'Errors'])(
    'shows %s',
    (name) => {
      expect(body).toContain(name)
    },
  )
})

describe('the stream of events', () => {
  it('is read from its beginning, and what cannot be told within twelve hours is set aside', () => {
    const source = one('AWS::Lambda::EventSourceMapping', 'Notices/Told').Properties
    expect(source).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      MaximumRecordAgeInSeconds: 12 * 3600,
      DestinationConfig: {
        OnFailure: { Destination: expect.stringContaining(one('AWS::SQS::Queue', 'Notices/Lost').id) },
      },
    })
    expect(one('AWS::DynamoDB::GlobalTable', 'Tables/Events').Properties.StreamSpecification).toEqual({
      StreamViewType: 'NEW_IMAGE',
    })
  })
})
