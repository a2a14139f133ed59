// The queue of looks at clusters, with the place for messages that nobody could work off.
import { Duration, Stack } from 'aws-cdk-lib'
import { Rule } from 'aws-cdk-lib/aws-events'
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'

export class LookQueue extends Construct {
  readonly queue: Queue
  readonly deadLetters: Queue

  constructor(
    scope: Construct,
    id: string,
    { passTimeout, tlsOnly }: { passTimeout: Duration; tlsOnly: boolean },
  ) {
    super(scope, id)
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: tlsOnly,
      retentionPeriod: Duration.days(14),
    })
    this.queue = new Queue(this, 'Looks', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: tlsOnly,
      // Lambda asks for at least the function's timeout; a pass that died is tried again after it.
      visibilityTimeout: Duration.seconds(passTimeout.toSeconds() + 30),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
    })
    const { partition, region, account } = Stack.of(this)
    new Rule(this, 'StackEvents', {
      description: 'A stack of a cluster changed its status: look at the cluster',
      eventPattern: {
        source: ['aws.cloudformation'],
        detailType: ['CloudFormation Stack Status Change'],
        detail: {
          'stack-id': [{ prefix: `arn:${partition}:cloudformation:${region}:${account}:stack/hpc-` }],
        },
      },
      targets: [new SqsQueue(this.queue)],
    })
  }
}
