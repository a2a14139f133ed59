// The tables: Clusters (wishes and facts), Slots (which cluster has which subnet) and Events (what happened).
import { setTimeout as sleep } from 'node:timers/promises'
import type { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb'
import { monotonicFactory } from 'ulid'
import type { Change, Cloud } from '../core/cloud.ts'
import { Cluster, ClusterEvent } from '../core/cluster.ts'
import { AppError } from '../core/errors.ts'
import { counts } from '../core/queue/claims.ts'
import { statusOf } from '../core/view.ts'
import { auditPut } from './audit.ts'
import { fromCursor, toCursor } from './cursor.ts'
import { isNamed, sending, unavailable } from './errors.ts'
import { labKey, operationWrites } from './operations.ts'
import { type Index, indexes, type TableName } from './tables.ts'

/** The tables' names on AWS. */
export type Tables = Record<TableName, string>
type Records = Pick<
  Cloud,
  'getCluster' | 'getClusterAndFreeSlots' | 'listClusters' | 'listDue' | 'listEvents' | 'commit'
>
type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

const nextId = monotonicFactory()
const conflictRounds = 4
// Why DynamoDB cancels a transaction: its API reference, TransactWriteItems, CancellationReasons.
const conflicts = ['ConditionalCheckFailed', 'TransactionConflict']
const busy = new Set(['ThrottlingError', 'ProvisionedThroughputExceeded'])

export function records(client: DynamoDBDocumentClient, tables: Tables, now: () => Date): Records {
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

    async commit(change) {
      const TransactItems = writes(change, tables, now())
      for (let round = 1; ; round++) {
        try {
          await sending(client.send(new TransactWriteCommand({ TransactItems })))
          return
        } catch (error) {
          if (!isNamed(error, 'TransactionCanceledException')) throw error
          const codes =
            (error as TransactionCanceledException).CancellationReasons?.map(({ Code }) => Code) ?? []
          if (codes.some((code) => code && busy.has(code))) throw unavailable(error)
          const others = codes.filter((code) => code && !['None', ...conflicts].includes(code))
          // A write that DynamoDB does not take is a fault of ours, which coming again would only hide.
          if (others.length > 0) throw error
          if (codes.includes('ConditionalCheckFailed') || round === conflictRounds)
            throw new AppError('Conflict', 'The cluster was changed at the same moment. Ask again.', {
              cause: error,
              retryAfterSeconds: 1,
            })
          // Another transaction was under way on the same items; who is right shows once it has ended.
          await sleep(20 * round * (1 + Math.random()))
        }
      }
    },
  }
}

function writes(change: Change, tables: Tables, now: Date): Write[] {
  const { before, after, events, audit, keepsSlot } = change
  const of = after ?? before
  if (!of) return []
  const unchanged = before
    ? {
        ConditionExpression: '#version = :version AND deploymentId = :deployment',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':version': before.version, ':deployment': before.deploymentId },
      }
    : { ConditionExpression: 'attribute_not_exists(#name)', ExpressionAttributeNames: { '#name': 'name' } }
  const record: Write = after
    ? { Put: { TableName: tables.clusters, Item: item(after, (before?.version ?? 0) + 1), ...unchanged } }
    : { Delete: { TableName: tables.clusters, Key: { name: of.name }, ...unchanged } }
  const told = events.map((event): Write => {
    const { name: cluster, virtualLab, project, deploymentId } = of
    const Item = {
      id: nextId(now.getTime()),
      at: now.toISOString(),
      cluster,
      virtualLab,
      project,
      deploymentId,
      ...event,
    }
    return { Put: { TableName: tables.events, Item } }
  })
  const entry: Write[] = audit ? [{ Put: auditPut(tables.audit, audit) }] : []
  const slots = keepsSlot ? [] : slotWrites(before, after, tables)
  return [record, ...slots, ...operationWrites(change, tables.operations), ...told, ...entry]
}

/** `wireStatus` and `due` are what the indexes read; the rest is the record itself. */
const item = (cluster: Cluster, version: number) => ({
  ...cluster,
  version,
  isCounted: counts(cluster),
  wireStatus: statusOf(cluster),
  ...(cluster.dueAt ? { due: 'due' } : {}),
})

function slotWrites(before: Cluster | undefined, after: Cluster | undefined, tables: Tables): Write[] {
  if (before?.slot === after?.slot) return []
  const give: Write[] =
    before?.slot === undefined
      ? []
      : [
          {
            Delete: {
              TableName: tables.slots,
              Key: { slot: before.slot },
              ConditionExpression: 'deploymentId = :deployment',
              ExpressionAttributeValues: { ':deployment': before.deploymentId },
            },
          },
        ]
  const take: Write[] =
    after?.slot === undefined
      ? []
      : [
          {
            Put: {
              TableName: tables.slots,
              Item: { slot: after.slot, cluster: after.name, deploymentId: after.deploymentId },
              ConditionExpression: 'attribute_not_exists(#slot)',
              ExpressionAttributeNames: { '#slot': 'slot' },
            },
          },
        ]
  return [...give, ...take]
}
