// The alarms. Each has its page in docs/operations.md, under the heading that its description names.
import { Duration } from 'aws-cdk-lib'
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { Function as LambdaFn } from 'aws-cdk-lib/aws-lambda'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import { tableNames } from '../aws/tables.ts'
import { type MeasureName, metricNamespace, metricService } from '../core/notices/measures.ts'
import { slotCount } from '../core/slots.ts'
import type { Environment } from './environment.ts'
import type { FunctionName } from './functions.ts'
import type { Watched } from './monitoring.ts'
import { orphanAlarms } from './orphans.ts'

export type Rule = {
  /** The heading in docs/operations.md. */
  page: string
  /** What users notice of it. */
  users: string
  metric: IMetric
  /** Raises the alarm from this value on or, with `below`, when the value is less. */
  from?: number
  below?: number
  /** How many periods in a row. */
  periods?: number
  /** What no data means; none where that is no trouble. */
  silence?: 'alarms'
}

const [minute, fiveMinutes, hour] = [Duration.minutes(1), Duration.minutes(5), Duration.hours(1)]

export class Alarms extends Construct {
  readonly all: Alarm[]

  constructor(scope: Construct, id: string, watched: Watched & { topic: ITopic }) {
    super(scope, id)
    const { metricMath } = watched.environment
    const possible = Object.entries(rules(watched)).filter(
      ([, { metric }]) => metricMath || !(metric instanceof MathExpression),
    )
    this.all = possible.map(([name, rule]) => {
      const { page, users, metric, from, below, periods = 1, silence } = rule
      const alarm = new Alarm(this, name, {
        metric,
        threshold: from ?? below ?? 0,
        comparisonOperator:
          from === undefined
            ? ComparisonOperator.LESS_THAN_THRESHOLD
            : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: periods,
        treatMissingData: silence === 'alarms' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
        alarmDescription: `Users notice: ${users}. See docs/operations.md, "${page}".`,
      })
      alarm.addAlarmAction(new SnsAction(watched.topic))
      alarm.addOkAction(new SnsAction(watched.topic))
      return alarm
    })
  }
}

/** One of the service's own metrics, see core/notices/measures.ts. */
export const measure = (
  { name }: Pick<Environment, 'name'>,
  metricName: MeasureName,
  statistic: string,
  period = fiveMinutes,
): Metric =>
  new Metric({
    namespace: metricNamespace,
    metricName,
    statistic,
    period,
    dimensionsMap: { environment: name, service: metricService },
  })

/** Joins the same metric of many functions or tables. */
export const sum = (metrics: Record<string, IMetric>, label: string, period = fiveMinutes): MathExpression =>
  new MathExpression({ expression: 'SUM(METRICS())', usingMetrics: metrics, label, period })

function rules({
  environment,
  functions,
  keys,
  database,
  looks,
  notices,
  tables,
  api,
}: Watched): Record<string, Rule> {
  const ofEach = (metric: (one: LambdaFn) => IMetric) =>
    Object.fromEntries(
      (Object.keys(functions) as FunctionName[]).map((name) => [name, metric(functions[name])]),
    )
  const slots = slotCount(environment.network)
  return {
    DeadLetters: {
      page: 'Dead letters',
      users: 'a cluster stays in one state, since passes over it keep failing',
      metric: looks.deadLetters.metricApproximateNumberOfMessagesVisible({
        period: minute,
        statistic: 'max',
      }),
      from: 1,
    },
    QueueAge: {
      page: 'Looks wait',
      users: 'clusters change their state late',
      // A look may be asked for a quarter of an hour ahead.
      metric: looks.queue.metricApproximateAgeOfOldestMessage({ period: fiveMinutes, statistic: 'max' }),
      from: 1800,
      periods: 2,
    },
    SweepStopped: {
      page: 'The sweep stands still',
      users: 'nothing at first; a lost message then leaves a cluster as it is',
      metric: functions.sweep.metricInvocations({ period: fiveMinutes }),
      below: 1,
      periods: 3,
      silence: 'alarms',
    },
    FunctionErrors: {
      page: 'Function errors',
      users: 'nothing or delays: failed passes are tried again',
      metric: sum(
        ofEach((one) => one.metricErrors({ period: fiveMinutes })),
        'errors of the functions',
      ),
      from: 5,
      periods: 3,
    },
    FunctionThrottles: {
      page: 'Function throttles',
      users: 'requests are refused, or clusters change their state late',
      metric: sum(
        ofEach((one) => one.metricThrottles({ period: fiveMinutes })),
        'throttles of the functions',
      ),
      from: 1,
      periods: 2,
    },
    ApiErrors: {
      page: 'API 5xx',
      users: 'requests fail',
      metric: api.metricServerError({ period: fiveMinutes, statistic: 'sum' }),
      from: 5,
    },
    ApiSlow: {
      page: 'API slow',
      users: 'requests take long',
      metric: api.metricLatency({ period: fiveMinutes, statistic: 'p99' }),
      from: 5000,
      periods: 3,
    },
    TableThrottles: {
      page: 'DynamoDB throttles',
      users: 'requests are answered 503',
      metric: sum(
        Object.fromEntries(
          tableNames.flatMap((name) =>
            (['ReadThrottleEvents', 'WriteThrottleEvents'] as const).map((metricName) => [
              `${name}${metricName}`,
              tables[name].metric(metricName, { period: fiveMinutes, statistic: 'sum' }),
            ]),
          ),
        ),
        'throttles of the tables',
      ),
      from: 1,
      periods: 2,
    },
    FailedCreations: {
      page: 'Failed creations',
      users: 'clusters do not become ready',
      metric: measure(environment, 'FailedCreations', 'sum', hour),
      from: 3,
    },
    StuckDeletions: {
      page: 'A cluster is DELETE_FAILED',
      users: 'a cluster does not go away, and goes on costing',
      metric: measure(environment, 'ClustersStuck', 'max'),
      from: 1,
      periods: 3,
    },
    QueueLong: {
      page: 'Clusters wait for their turn',
      users: 'new clusters come late, and others go late',
      metric: measure(environment, 'QueueSeconds', 'max'),
      // Longer than operations take, so that the queue does not only wait for the ones in flight.
      from: 2 * 3600,
      periods: 3,
    },
    SlotsFree: {
      page: 'NoSlotLeft (503)',
      users: 'nothing yet; soon creates are refused with NoSlotLeft',
      metric: measure(environment, 'SlotsFree', 'min'),
      below: Math.ceil(slots / 10),
    },
    Preflight: {
      page: 'Preflight',
      users: 'clusters fail to come up, or soon will',
      // It runs once a day, and fails where it finds an error.
      metric: functions.preflight.metricErrors({ period: Duration.days(1) }),
      from: 1,
    },
    ...orphanAlarms(environment, functions.orphans),
    ...(keys ? { StaleKeys: staleKeys(keys.function) } : {}),
    ...(database ? { DatabaseStorage: databaseStorage(database) } : {}),
    NoticesLate: {
      page: 'Notices late or lost',
      users: 'programs that wait for events on the bus wait',
      metric: functions.notify.metric('IteratorAge', { period: fiveMinutes, statistic: 'max' }),
      from: 15 * 60 * 1000,
    },
    NoticesLost: {
      page: 'Notices late or lost',
      users: 'programs that wait for events on the bus missed some',
      metric: notices.lost.metricApproximateNumberOfMessagesVisible({ period: minute, statistic: 'max' }),
      from: 1,
    },
  }
}

const staleKeys = (fetch: LambdaFn): Rule => ({
  page: 'Keys of the identity provider',
  users: "once the identity provider changes its keys: Slurm's REST API refuses every token",
  // A look counts as 1 error or 0: the least of an hour is 1 when all of them failed. None at all is as bad.
  metric: fetch.metricErrors({ statistic: 'min', period: hour }),
  from: 1,
  silence: 'alarms',
})

const databaseStorage = ({ free, lowBytes }: NonNullable<Watched['database']>): Rule => ({
  page: 'The accounting database is full',
  users: 'nothing yet; a full accounting database takes no jobs, and no cluster is created',
  metric: free,
  below: lowBytes,
  periods: 3,
})
