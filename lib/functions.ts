// The functions of the control plane, when they run, and what each may call.
import { Duration, Stack } from 'aws-cdk-lib'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import type { IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Function as LambdaFn } from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { type FunctionPlace, makeFunction } from './function.ts'
import { writtenBy } from './key-bucket.ts'
import type { Notices } from './notices.ts'
import { sweepEveryDay } from './orphans.ts'
import { orphansStatements, type Swept } from './orphans-permissions.ts'
import {
  type At,
  apiStatements,
  measureStatements,
  notifyStatements,
  reconcileStatements,
  sweepStatements,
} from './permissions.ts'
import { type Inspected, preflightStatements } from './preflight-permissions.ts'
import type { LookQueue } from './queue.ts'
import { removalStatements } from './removal-role.ts'
import { rotationStatements } from './rotation-permissions.ts'
import type { Tables } from './tables.ts'

export type FunctionsProps = FunctionPlace & {
  tables: Tables
  looks: LookQueue
  notices: Notices
  passTimeout: Duration
  stackRoleArn: string
  nodeKeys: Bucket
  logStreamRights: boolean
  removalRoleArn: At['removalRoleArn']
  /** The functions that reach the accounting database, where there is one. */
  accounting: At['accounting']
  environment: Record<string, string>
  inspected: Inspected
  /** What preflight should find, as its function's environment takes it. */
  expected: string
  /** Where the sweeper looks for orphans, and how, as its function's environment takes it. */
  swept: Swept
  orphans: string
}

export type FunctionName = 'api' | 'reconcile' | 'sweep' | 'notify' | 'measure' | 'preflight' | 'orphans'

export class Functions extends Construct {
  readonly all: Record<FunctionName, LambdaFn>

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id)
    const { looks, notices, passTimeout } = props
    const at = {
      stack: Stack.of(this),
      tables: props.tables,
      queue: looks.queue,
      bus: notices.bus,
      lost: notices.lost,
      stackRoleArn: props.stackRoleArn,
      nodeKeysArn: props.nodeKeys.bucketArn,
      logStreamRights: props.logStreamRights,
      removalRoleArn: props.removalRoleArn,
      ...(props.key ? { key: props.key } : {}),
      accounting: props.accounting,
    }

    const fn = (id: string, timeout: Duration, statements: PolicyStatement[], environment = {}) =>
      makeFunction(this, id, props, {
        bundle: id.toLowerCase(),
        timeout,
        statements,
        environment: { ...props.environment, ...environment },
      })
    const [minute, request] = [Duration.minutes(1), Duration.seconds(29)]
    const api = fn('Api', request, apiStatements(at))
    const statements = [reconcileStatements, rotationStatements, removalStatements].flatMap((of) => of(at))
    const reconcile = fn('Reconcile', passTimeout, statements)
    writtenBy(props.nodeKeys, reconcile.role as IRole)
    const sweep = fn('Sweep', minute, sweepStatements(at))
    const notify = fn('Notify', minute, notifyStatements(at))
    const measure = fn('Measure', minute, measureStatements(at))
    const preflight = fn('Preflight', request, preflightStatements(at, props.inspected), {
      PREFLIGHT: props.expected,
    })
    // Its schedule has more to delete at times than a request may take.
    const orphans = fn('Orphans', Duration.minutes(5), orphansStatements(at, props.swept), {
      ORPHANS: props.orphans,
    })
    this.all = { api, reconcile, sweep, notify, measure, preflight, orphans }
    sweepEveryDay(this, orphans)

    // One message at a time: a pass that fails takes no other with it.
    reconcile.addEventSource(new SqsEventSource(looks.queue, { batchSize: 1 }))
    new Rule(this, 'EveryMinute', {
      description: 'Wakes the clusters whose look is overdue',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(sweep, { retryAttempts: 0 })],
    })
    new Rule(this, 'EveryFiveMinutes', {
      description: 'Counts free slots and stuck clusters',
      schedule: Schedule.rate(Duration.minutes(5)),
      targets: [new LambdaFunction(measure, { retryAttempts: 0 })],
    })
    notices.tellBy(notify, props.tables.events)
  }
}
