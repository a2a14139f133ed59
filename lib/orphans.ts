// When the sweeper runs unasked, and the alarms by what it tells.
import { Duration } from 'aws-cdk-lib'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import type { Function as LambdaFn } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { type Rule as AlarmRule, measure } from './alarms.ts'
import type { Environment } from './environment.ts'

const day = Duration.days(1)

export const sweepEveryDay = (scope: Construct, sweeper: LambdaFn): Rule =>
  new Rule(scope, 'OrphansEveryDay', {
    description: 'Looks for what deployments left behind',
    schedule: Schedule.rate(day),
    // A second try would find the same; the next day's goes on.
    targets: [new LambdaFunction(sweeper, { retryAttempts: 0 })],
  })

export const orphanAlarms = (environment: Environment, sweeper: LambdaFn): Record<string, AlarmRule> => ({
  Orphans: {
    page: 'Orphans',
    users: 'nothing; things that no cluster has go on costing',
    metric: measure(environment, 'Orphans', 'max', day),
    from: 1,
  },
  OrphansUnseen: {
    page: 'Orphans',
    users: 'nothing; what deployments leave behind is not seen',
    // It runs once a day, and fails where it could not look at everything.
    metric: sweeper.metricErrors({ period: day }),
    from: 1,
  },
})
