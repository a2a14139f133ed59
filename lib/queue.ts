// The queue of looks at clusters, with the place for messages that nobody could work off.
import { Duration, Stack } from 'aws-cdk-lib'
import { Rule } from 'aws-cdk-lib/aws-events'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { queueEncryption } from './encryption.ts'

export class LookQueue extends Construct {
  readonly queue: Queue
  readonly deadLetters: Queue

  constructor(
    scope: Construct,
    id: string,
    { passTimeout, tlsOnly, key }: { passTimeout: Duration; tlsOnly: boolean; key?: IKey },
  ) {
    super(scope, id)
    this.deadLetters = new Queue(this, 'DeadLetters', {
      ...queueEncryption(key),
      enforceSSL: tlsOnly,
      retentionPeriod: Duration.days(14),
    })
    this.queue = new Queue(this, 'Looks', {
      ...queueEncryption(key),
      enforceSSL: tlsOnly,
      // Lambda asks for at least the function's timeout; a pass that died is tried again after it.
      visibilityTimeout: Duration.seconds(passTimeout.toSeconds() + 30),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
    })
    const { partition, region, account } = Stack.of(this)
    const rule = new Rule(this, 'StackEvents', {
      description: 'A stack of a cluster changed its status: look at the cluster',
      eventPattern: {
        source: ['aws.cloudformation'],
        detailType: ['CloudFormation Stack Status Change'],
        detail: {
          'stack-id': [{ prefix: `arn:${partition}:cloudformation:${region}:${account}:stack/hpc-` }],
        },
      },
      targets: [{ bind: () => ({ arn: this.queue.queueArn }) }],
    })
    // CDK's own target would let every rule of the account in where the queue has a key.
    this.queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.queue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
      }),
    )
  }
}
