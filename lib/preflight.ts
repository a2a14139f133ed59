// When preflight runs unasked: after each deployment and each day. An error is an alarm, see alarms.ts.
import { Duration, Stack } from 'aws-cdk-lib'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import type { Function as LambdaFn } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { whenDeployed } from './when-deployed.ts'

export class Preflight extends Construct {
  constructor(scope: Construct, id: string, { handler }: { handler: LambdaFn }) {
    super(scope, id)
    // A second try would find the same.
    const targets = [new LambdaFunction(handler, { retryAttempts: 0 })]
    new Rule(this, 'EveryDay', {
      description: 'Looks whether the account is still fit for clusters',
      schedule: Schedule.rate(Duration.days(1)),
      targets,
    })
    // By the event, not as part of the deployment: what it finds is often mended by deploying again, which a deployment
    // that it failed would have rolled back.
    new Rule(this, 'Deployed', {
      description: 'Looks whether the account is fit for clusters once the service is deployed',
      eventPattern: whenDeployed(Stack.of(this)),
      targets,
    })
  }
}
