// The control plane's tables, with the keys that aws/ reads them by.
import { RemovalPolicy } from 'aws-cdk-lib'
import {
  type Attribute,
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  type TablePropsV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'
import { auditIndexes, indexes, type TableName, tableKeys } from '../aws/tables.ts'
import { tableEncryption } from './encryption.ts'

type More = Pick<TablePropsV2, 'dynamoStream' | 'timeToLiveAttribute'>

export class Tables extends Construct implements Record<TableName, TableV2> {
  readonly clusters: TableV2
  readonly slots: TableV2
  readonly events: TableV2
  readonly audit: TableV2
  readonly operations: TableV2

  constructor(scope: Construct, id: string, { retainData, key }: { retainData: boolean; key?: IKey }) {
    super(scope, id)
    const table = (name: TableName, more: More = {}) => {
      const { partition, ...others } = tableKeys[name]
      return new TableV2(this, `${name[0]?.toUpperCase()}${name.slice(1)}`, {
        partitionKey: 'type' in others ? number(partition) : text(partition),
        ...('sort' in others ? { sortKey: text(others.sort) } : {}),
        ...more,
        billing: Billing.onDemand(),
        encryption: tableEncryption(key),
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        deletionProtection: retainData,
        removalPolicy: retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      })
    }
    this.clusters = table('clusters')
    for (const [indexName, { partition, sort, ...index }] of Object.entries(indexes))
      this.clusters.addGlobalSecondaryIndex({
        indexName,
        partitionKey: text(partition),
        sortKey: text(sort),
        ...('includes' in index
          ? { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...index.includes] }
          : {}),
      })
    this.slots = table('slots')
    // The counts of virtual labs, and the queue of operations: aws/operations.ts.
    this.operations = table('operations')
    // Its stream is what notices are made of.
    this.events = table('events', { dynamoStream: StreamViewType.NEW_IMAGE })
    this.audit = table('audit', { timeToLiveAttribute: 'expires' })
    for (const [indexName, { partition, sort }] of Object.entries(auditIndexes))
      this.audit.addGlobalSecondaryIndex({ indexName, partitionKey: text(partition), sortKey: text(sort) })
  }
}

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING })
const number = (name: string): Attribute => ({ name, type: AttributeType.NUMBER })
