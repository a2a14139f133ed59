// The functions of the control plane, each with a role of its own that holds only its calls.
import { join } from 'node:path'
import { Duration, IgnoreMode, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { Platform } from 'aws-cdk-lib/aws-ecr-assets'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import {
  Architecture,
  Code,
  DockerImageCode,
  DockerImageFunction,
  type FunctionOptions,
  Function as LambdaFn,
  Runtime,
} from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { withKey } from './encryption.ts'
import type { Environment } from './environment.ts'
import type { Notices } from './notices.ts'
import {
  apiStatements,
  type Inspected,
  measureStatements,
  notifyStatements,
  preflightStatements,
  reconcileStatements,
  sweepStatements,
} from './permissions.ts'
import type { LookQueue } from './queue.ts'
import type { Tables } from './tables.ts'

export type FunctionsProps = {
  /** The folder of the bundles, one subfolder per function. */
  bundles: string
  tables: Tables
  looks: LookQueue
  notices: Notices
  passTimeout: Duration
  stackRoleArn: string
  logRetentionDays: number
  packaging: Environment['packaging']
  key?: IKey
  environment: Record<string, string>
  inspected: Inspected
  /** What preflight should find, as its function's environment takes it. */
  expected: string
}

export type FunctionName = 'api' | 'reconcile' | 'sweep' | 'notify' | 'measure' | 'preflight'

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
      stackRoleArn: props.stackRoleArn,
      ...(props.key ? { key: props.key } : {}),
    }

    const api = this.fn('Api', 'api', Duration.seconds(29), props, apiStatements(at))
    const reconcile = this.fn('Reconcile', 'reconcile', passTimeout, props, reconcileStatements(at))
    const sweep = this.fn('Sweep', 'sweep', Duration.seconds(60), props, sweepStatements(at))
    const notify = this.fn('Notify', 'notify', Duration.seconds(60), props, notifyStatements(at))
    const measure = this.fn('Measure', 'measure', Duration.seconds(60), props, measureStatements(at))
    const expecting = { ...props, environment: { ...props.environment, PREFLIGHT: props.expected } }
    const statements = preflightStatements(at, props.inspected)
    const preflight = this.fn('Preflight', 'preflight', Duration.seconds(29), expecting, statements)
    this.all = { api, reconcile, sweep, notify, measure, preflight }

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

  private fn(
    id: string,
    bundle: string,
    timeout: Duration,
    { bundles, packaging, environment, logRetentionDays, key }: FunctionsProps,
    statements: PolicyStatement[],
  ): LambdaFn {
    const logGroup = new LogGroup(this, `${id}Log`, {
      retention: logRetentionDays,
      ...withKey('encryptionKey', key),
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const role = new Role(this, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    logGroup.grantWrite(role)
    for (const statement of statements) role.addToPolicy(statement)
    const options: FunctionOptions = {
      architecture: Architecture.ARM_64,
      // Memory buys CPU: a cold start is mostly parsing code.
      memorySize: 1024,
      timeout,
      role,
      logGroup,
      environment,
    }
    return packaging === 'image'
      ? new DockerImageFunction(this, id, { ...options, code: imageOf(bundles, bundle) })
      : new LambdaFn(this, id, {
          ...options,
          runtime: Runtime.NODEJS_24_X,
          handler: 'index.handler',
          code: Code.fromAsset(join(bundles, bundle)),
        })
  }
}

/** The function's own bundle and no other's, so that an image changes with its function only. */
const imageOf = (bundles: string, bundle: string): DockerImageCode =>
  DockerImageCode.fromImageAsset(bundles, {
    exclude: ['**', '!Dockerfile', `!${bundle}/**`],
    ignoreMode: IgnoreMode.DOCKER,
    buildArgs: { FUNCTION: bundle },
    platform: Platform.LINUX_ARM64,
  })
