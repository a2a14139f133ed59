// The control plane's tables, with the keys that aws/ reads them by.
import { RemovalPolicy } from 'aws-cdk-lib'
import {
  type Attribute,
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'
import { auditIndexes, indexes } from '../aws/tables.ts'
import { tableEncryption } from './encryption.ts'

export class Tables extends Construct {
  readonly clusters: TableV2
  readonly slots: TableV2
  readonly events: TableV2
  readonly audit: TableV2
  readonly operations: TableV2

  constructor(scope: Construct, id: string, { retainData, key }: { retainData: boolean; key?: IKey }) {
    super(scope, id)
    const table = (
      name: string,
      partitionKey: Attribute,
      sortKey?: Attribute,
      dynamoStream?: StreamViewType,
      timeToLiveAttribute?: string,
    ) =>
      new TableV2(this, name, {
        partitionKey,
        ...(sortKey ? { sortKey } : {}),
        ...(dynamoStream ? { dynamoStream } : {}),
        ...(timeToLiveAttribute ? { timeToLiveAttribute } : {}),
        billing: Billing.onDemand(),
        encryption: tableEncryption(key),
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        deletionProtection: retainData,
        removalPolicy: retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      })
    this.clusters = table('Clusters', text('name'))
    for (const [indexName, { partition, sort, ...index }] of Object.entries(indexes))
      this.clusters.addGlobalSecondaryIndex({
        indexName,
        partitionKey: text(partition),
        sortKey: text(sort),
        ...('includes' in index
          ? { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...index.includes] }
          : {}),
      })
    this.slots = table('Slots', { name: 'slot', type: AttributeType.NUMBER })
    // The counts of virtual labs, and the queue of operations: aws/operations.ts.
    this.operations = table('Operations', text('part'), text('name'))
    // Its stream is what notices are made of.
    this.events = table('Events', text('cluster'), text('id'), StreamViewType.NEW_IMAGE)
    this.audit = table('Audit', text('day'), text('id'), undefined, 'expires')
    for (const [indexName, { partition, sort }] of Object.entries(auditIndexes))
      this.audit.addGlobalSecondaryIndex({ indexName, partitionKey: text(partition), sortKey: text(sort) })
  }
}

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING })
