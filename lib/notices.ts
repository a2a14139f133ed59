// How the world hears of clusters: the Events table's stream, a function, and an event bus of the environment's own.
import { Duration } from 'aws-cdk-lib'
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { EventBus } from 'aws-cdk-lib/aws-events'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { EventSourceMapping, type Function as LambdaFn, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { queueEncryption } from './encryption.ts'
import { accept } from './nag.ts'

export class Notices extends Construct {
  readonly bus: EventBus
  /** Where the stream's records are named that could not be told of. */
  readonly lost: Queue

  constructor(
    scope: Construct,
    id: string,
    { name, tlsOnly, key }: { name: string; tlsOnly: boolean; key?: IKey },
  ) {
    super(scope, id)
    // Others write rules for it, so they must know its name.
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: `hpc-provisioner-${name}`,
      description: 'What becomes of clusters, see docs/events.md',
    })
    this.lost = new Queue(this, 'Lost', {
      ...queueEncryption(key),
      enforceSSL: tlsOnly,
      retentionPeriod: Duration.days(14),
    })
    accept(this.lost, 'AwsSolutions-SQS3', 'It is where lost ones go itself.')
  }

  /** Has the function hear of each event, in the order of its cluster. It may read the stream already. */
  tellBy(notify: LambdaFn, events: TableV2): void {
    if (!events.tableStreamArn) throw new Error('The Events table has no stream.')
    new EventSourceMapping(this, 'Told', {
      target: notify,
      eventSourceArn: events.tableStreamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 25,
      // An outage is waited out; a stream keeps its records for a day.
      maxRecordAge: Duration.hours(12),
      // Its right to write there is with the function's others: CDK's own grant would open the key further.
      onFailure: { bind: () => ({ destination: this.lost.queueArn }) },
    })
  }
}
