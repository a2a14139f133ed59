// The dashboard: how the service does, in the order in which one asks.
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  PeriodOverride,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { tableNames } from '../aws/tables.ts'
import { type measureNames, metricNamespace } from '../core/notices/measures.ts'
import { measure } from './alarms.ts'
import type { FunctionName } from './functions.ts'
import type { Watched } from './monitoring.ts'

const [third, half] = [8, 12]

export function dashboard(scope: Construct, watched: Watched, alarms: Alarm[]): Dashboard {
  const { environment, functions, looks, notices, tables, api } = watched
  const each = (metric: (name: FunctionName) => IMetric) =>
    (Object.keys(functions) as FunctionName[]).map(metric)
  const count = (name: keyof typeof measureNames) => measure(environment, name, 'sum')
  const rows: (GraphWidget | AlarmStatusWidget)[][] = [
    [new AlarmStatusWidget({ title: 'Alarms', alarms, width: 24, height: 3 })],
    [
      graph('Requests', half, [
        api.metricCount({ label: 'requests' }),
        api.metricClientError({ label: '4xx' }),
        api.metricServerError({ label: '5xx' }),
      ]),
      graph(
        'Latency of the API, ms',
        half,
        ['p50', 'p90', 'p99'].map((statistic) => api.metricLatency({ statistic, label: statistic })),
      ),
    ],
    [
      graph('Clusters: creations', third, [count('Creations'), count('FailedCreations')]),
      graph('Clusters: updates and deletions', third, [
        count('Updates'),
        count('FailedUpdates'),
        count('Deletions'),
        count('StuckDeletions'),
      ]),
      failuresByReason(environment.name),
    ],
    [
      graph(
        'Durations, seconds',
        third,
        (['CreationSeconds', 'DeletionSeconds'] as const).flatMap((name) =>
          ['p50', 'max'].map((statistic) =>
            measure(environment, name, statistic).with({ label: `${name} ${statistic}` }),
          ),
        ),
      ),
      graph('Slots', third, [
        measure(environment, 'SlotsFree', 'min'),
        measure(environment, 'SlotsUsed', 'max'),
      ]),
      graph('Clusters that are DELETE_FAILED, and orphans', third, [
        measure(environment, 'ClustersStuck', 'max'),
        measure(environment, 'Orphans', 'max'),
      ]),
    ],
    [
      graph('Operations: in flight and waiting', half, [
        measure(environment, 'OperationsInFlight', 'max'),
        measure(environment, 'OperationsQueued', 'max'),
      ]),
      graph('Operations: the longest wait, seconds', half, [measure(environment, 'QueueSeconds', 'max')]),
    ],
    [
      graph('Looks: age of the oldest, seconds', third, [looks.queue.metricApproximateAgeOfOldestMessage()]),
      graph('Looks: waiting and dead', third, [
        looks.queue.metricApproximateNumberOfMessagesVisible({ label: 'waiting' }),
        looks.deadLetters.metricApproximateNumberOfMessagesVisible({ label: 'dead letters' }),
        notices.lost.metricApproximateNumberOfMessagesVisible({ label: 'lost notices' }),
      ]),
      graph('Notices: age of the oldest, ms', third, [
        functions.notify.metric('IteratorAge', { statistic: 'max' }),
      ]),
    ],
    [
      graph(
        'Errors of functions',
        third,
        each((name) => functions[name].metricErrors({ label: name })),
      ),
      graph(
        'Throttles of functions',
        third,
        each((name) => functions[name].metricThrottles({ label: name })),
      ),
      graph(
        'Durations of functions, p99 ms',
        third,
        each((name) => functions[name].metricDuration({ label: name, statistic: 'p99' })),
      ),
    ],
    [
      graph(
        'DynamoDB throttles',
        half,
        tableNames.flatMap((name) =>
          (['ReadThrottleEvents', 'WriteThrottleEvents'] as const).map((metricName) =>
            tables[name].metric(metricName, { statistic: 'sum', label: `${name} ${metricName}` }),
          ),
        ),
      ),
      graph(
        'DynamoDB capacity units',
        half,
        tableNames.flatMap((name) => [
          tables[name].metricConsumedReadCapacityUnits({ label: `${name} read` }),
          tables[name].metricConsumedWriteCapacityUnits({ label: `${name} write` }),
        ]),
      ),
    ],
  ]
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: `hpc-provisioner-${environment.name}`,
    periodOverride: PeriodOverride.AUTO,
    widgets: rows,
  })
}

const graph = (title: string, width: number, left: IMetric[]): GraphWidget =>
  new GraphWidget({ title, width, height: 6, left })

/** Whatever reasons there are: a search finds them, so that none has to be listed here. */
const failuresByReason = (environment: string): GraphWidget =>
  graph('Failed creations and updates by reason', third, [
    new MathExpression({
      expression: `SEARCH('{${metricNamespace},environment,reason,service} environment="${environment}"', 'Sum')`,
      label: '',
    }),
  ])
