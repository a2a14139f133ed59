// A cluster's compute fleet, asked to stop as `pcluster update-compute-fleet` does: by an item that clustermgtd on the head
// node reads (aws-parallelcluster 3.16.1, pcluster/models/compute_fleet_status_manager.py).
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Cloud } from '../core/cloud.ts'
import { isNamed, sending } from './errors.ts'

/** ParallelCluster's table for a cluster. */
const tableOf = (clusterName: string): string => `parallelcluster-${clusterName}`
const Key = { Id: 'COMPUTE_FLEET' }
const isStopping = (status: string): boolean => ['STOP_REQUESTED', 'STOPPING'].includes(status)

export function fleet(client: DynamoDBDocumentClient, now: () => Date): Pick<Cloud, 'stopFleet'> {
  return {
    async stopFleet(clusterName) {
      const TableName = tableOf(clusterName)
      const { Item } = await sending(
        client.send(new GetCommand({ TableName, Key, ConsistentRead: true })),
      ).catch((error) => {
        if (isNamed(error, 'ResourceNotFoundException')) return { Item: undefined }
        throw error
      })
      const status: unknown = Item?.Data?.status
      // Without a status there is nothing that would answer a request.
      if (typeof status !== 'string' || status === 'STOPPED') return 'stopped'
      if (isStopping(status)) return 'stopping'
      try {
        await sending(
          client.send(
            new UpdateCommand({
              TableName,
              Key,
              UpdateExpression: 'SET #data.#status = :requested, #data.#time = :now',
              ConditionExpression: '#data.#status = :seen',
              ExpressionAttributeNames: {
                '#data': 'Data',
                '#status': 'status',
                '#time': 'lastStatusUpdatedTime',
              },
              ExpressionAttributeValues: {
                ':requested': 'STOP_REQUESTED',
                ':seen': status,
                // As Python writes it, which is who reads it.
                ':now': now().toISOString().replace('T', ' ').replace('Z', '000+00:00'),
              },
            }),
          ),
        )
      } catch (error) {
        // clustermgtd was faster; the next look sees what it wrote.
        if (!isNamed(error, 'ConditionalCheckFailedException')) throw error
      }
      return 'stopping'
    },
  }
}
