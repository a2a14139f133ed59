// What is read of the tables: Clusters (wishes and facts), Slots (which cluster has which subnet) and Events (what happened).
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/lib-dynamodb'
import type { Cloud } from '../core/cloud.ts'
import { Cluster, ClusterEvent } from '../core/cluster.ts'
import { fromCursor, toCursor } from './cursor.ts'
import { sending, unavailable } from './errors.ts'
import { type Index, indexes, labKey, type TableName } from './tables.ts'

/** The tables' names on AWS. */
export type Tables = Record<TableName, string>
type Records = Pick<
  Cloud,
  'getCluster' | 'getClusterAndFreeSlots' | 'listClusters' | 'listDue' | 'listEvents'
>
export function records(client: DynamoDBDocumentClient, tables: Tables): Records {
  return {
    async getCluster(name) {
      const { Item } = await sending(
        client.send(new GetCommand({ TableName: tables.clusters, Key: { name }, ConsistentRead: true })),
      )
      return Item && Cluster.parse(Item)
    },

    async getClusterAndFreeSlots(name, candidates, virtualLab) {
      const { Responses = {}, UnprocessedKeys = {} } = await sending(
        client.send(
          new BatchGetCommand({
            RequestItems: {
              [tables.clusters]: { Keys: [{ name }], ConsistentRead: true },
              [tables.slots]: { Keys: candidates.map((slot) => ({ slot })), ConsistentRead: true },
              ...(virtualLab === undefined
                ? {}
                : { [tables.operations]: { Keys: [labKey(virtualLab)], ConsistentRead: true } }),
            },
          }),
        ),
      )
      if (Object.keys(UnprocessedKeys).length > 0) throw unavailable()
      const item = Responses[tables.clusters]?.[0]
      const used = new Set(Responses[tables.slots]?.map(({ slot }) => slot))
      const freeSlots = candidates.filter((slot) => !used.has(slot))
      const cluster = item && Cluster.parse(item)
      if (virtualLab === undefined) return { cluster, freeSlots }
      return { cluster, freeSlots, clustersOfLab: Number(Responses[tables.operations]?.[0]?.clusters ?? 0) }
    },

    async listClusters({ limit, cursor, virtualLab, status }) {
      const page = { TableName: tables.clusters, Limit: limit }
      // The partition is the query's, never the cursor's: a cursor of another query is no error of DynamoDB's.
      const from = (index?: Index, partition?: string) => {
        const key = fromCursor(cursor, ['name', ...(index ? [indexes[index].partition] : [])])
        return (
          key && {
            ExclusiveStartKey: { ...key, ...(index ? { [indexes[index].partition]: partition } : {}) },
          }
        )
      }
      const { Items = [], LastEvaluatedKey } = await sending(
        virtualLab !== undefined
          ? client.send(
              new QueryCommand({
                ...page,
                ...from('byVirtualLab', virtualLab),
                IndexName: 'byVirtualLab',
                KeyConditionExpression: 'virtualLab = :lab',
                ...(status ? { FilterExpression: 'wireStatus = :status' } : {}),
                ExpressionAttributeValues: { ':lab': virtualLab, ...(status ? { ':status': status } : {}) },
              }),
            )
          : status !== undefined
            ? client.send(
                new QueryCommand({
                  ...page,
                  ...from('byStatus', status),
                  IndexName: 'byStatus',
                  KeyConditionExpression: 'wireStatus = :status',
                  ExpressionAttributeValues: { ':status': status },
                }),
              )
            : client.send(new ScanCommand({ ...page, ...from() })),
      )
      return { items: Items.map((item) => Cluster.parse(item)), cursor: toCursor(LastEvaluatedKey) }
    },

    async listDue(by, limit) {
      const { Items = [] } = await sending(
        client.send(
          new QueryCommand({
            TableName: tables.clusters,
            IndexName: 'byDue',
            Limit: limit,
            KeyConditionExpression: 'due = :due AND dueAt <= :by',
            ExpressionAttributeValues: { ':due': 'due', ':by': by.toISOString() },
          }),
        ),
      )
      return Items.map(({ name, deploymentId }) => ({ name, deploymentId }))
    },

    async listEvents({ name, limit, cursor }) {
      const start = fromCursor(cursor, ['cluster', 'id'])
      const { Items = [], LastEvaluatedKey } = await sending(
        client.send(
          new QueryCommand({
            TableName: tables.events,
            Limit: limit,
            ConsistentRead: true,
            // The partition is the path's, never the cursor's: a cursor opens no other cluster's history.
            ...(start ? { ExclusiveStartKey: { ...start, cluster: name } } : {}),
            KeyConditionExpression: '#cluster = :name',
            ExpressionAttributeNames: { '#cluster': 'cluster' },
            ExpressionAttributeValues: { ':name': name },
          }),
        ),
      )
      return { items: Items.map((item) => ClusterEvent.parse(item)), cursor: toCursor(LastEvaluatedKey) }
    },
  }
}
