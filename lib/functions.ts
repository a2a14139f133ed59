// The three functions of the control plane, each with a role of its own that holds only its calls.
import { join } from 'node:path'
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Code, Function as LambdaFn, Runtime } from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { type At, apiStatements, reconcileStatements, sweepStatements } from './permissions.ts'
import type { LookQueue } from './queue.ts'
import type { Tables } from './tables.ts'

export type FunctionsProps = {
  /** The folder of the bundles, one subfolder per function. */
  bundles: string
  tables: Tables
  looks: LookQueue
  passTimeout: Duration
  stackRoleArn: string
  /** The functions that reach the accounting database, where there is one. */
  accounting: At['accounting']
  logRetentionDays: number
  environment: Record<string, string>
}

export class Functions extends Construct {
  readonly api: LambdaFn

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id)
    const { looks, passTimeout } = props
    const at = {
      stack: Stack.of(this),
      tables: props.tables,
      queue: looks.queue,
      stackRoleArn: props.stackRoleArn,
      accounting: props.accounting,
    }

    this.api = this.fn('Api', 'api', Duration.seconds(29), props, apiStatements(at))
    const reconcile = this.fn('Reconcile', 'reconcile', passTimeout, props, reconcileStatements(at))
    const sweep = this.fn('Sweep', 'sweep', Duration.seconds(60), props, sweepStatements(at))

    // One message at a time: a pass that fails takes no other with it.
    reconcile.addEventSource(new SqsEventSource(looks.queue, { batchSize: 1 }))
    new Rule(this, 'EveryMinute', {
      description: 'Wakes the clusters whose look is overdue',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(sweep, { retryAttempts: 0 })],
    })
  }

  private fn(
    id: string,
    bundle: string,
    timeout: Duration,
    { bundles, environment, logRetentionDays }: FunctionsProps,
    statements: PolicyStatement[],
  ): LambdaFn {
    const logGroup = new LogGroup(this, `${id}Log`, {
      retention: logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const role = new Role(this, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    logGroup.grantWrite(role)
    for (const statement of statements) role.addToPolicy(statement)
    return new LambdaFn(this, id, {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      // Memory buys CPU: a cold start is mostly parsing code.
      memorySize: 1024,
      timeout,
      handler: 'index.handler',
      code: Code.fromAsset(join(bundles, bundle)),
      role,
      logGroup,
      environment,
    })
  }
}
