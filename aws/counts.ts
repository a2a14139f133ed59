// How many records there are: one page each, which is more than either count is for.
import { type DynamoDBDocumentClient, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import type { Cloud } from '../core/cloud.ts'
import { sending } from './errors.ts'
import type { Tables } from './records.ts'

export function counts(
  client: DynamoDBDocumentClient,
  tables: Tables,
): Pick<Cloud, 'countSlots' | 'countClusters'> {
  return {
    // A page is a megabyte: some ten thousand slots, and a range has 4096 at most.
    async countSlots() {
      const { Count = 0 } = await sending(
        client.send(new ScanCommand({ TableName: tables.slots, Select: 'COUNT' })),
      )
      return Count
    },

    async countClusters(status) {
      const { Count = 0 } = await sending(
        client.send(
          new QueryCommand({
            TableName: tables.clusters,
            IndexName: 'byStatus',
            Select: 'COUNT',
            KeyConditionExpression: 'wireStatus = :status',
            ExpressionAttributeValues: { ':status': status },
          }),
        ),
      )
      return Count
    },
  }
}
