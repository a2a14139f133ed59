// The Operations table: how many clusters each virtual lab has, how many operations are in flight, and the queue of
// those that wait. All of it is written with the records that it follows from (core/queue/claims.ts).
import {
  type DynamoDBDocumentClient,
  QueryCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb'
import type { Change, Cloud } from '../core/cloud.ts'
import { claimsOf } from '../core/queue/claims.ts'
import { type Queue, QueueEntry } from '../core/queue/entry.ts'
import type { Start } from '../core/queue/limits.ts'
import { sending } from './errors.ts'
import { labKey, queueKey } from './tables.ts'

type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

// Before any name of a cluster.
const countsName = '#inFlight'

export function operations(client: DynamoDBDocumentClient, table: string): Pick<Cloud, 'getQueue'> {
  return {
    async getQueue() {
      const items: Record<string, unknown>[] = []
      let from: Record<string, unknown> | undefined
      do {
        const { Items = [], LastEvaluatedKey } = await sending(
          client.send(
            new QueryCommand({
              TableName: table,
              ConsistentRead: true,
              KeyConditionExpression: 'part = :queue',
              ExpressionAttributeValues: { ':queue': 'queue' },
              ...(from ? { ExclusiveStartKey: from } : {}),
            }),
          ),
        )
        items.push(...Items)
        from = LastEvaluatedKey
      } while (from)
      const counted = items.find(({ name }) => name === countsName)
      return {
        inFlight: Number(counted?.inFlight ?? 0),
        started: Number(counted?.started ?? 0),
        ...(counted?.startMinute ? { minute: String(counted.startMinute) } : {}),
        entries: items.filter((item) => item !== counted).map((item) => QueueEntry.parse(item)),
      } satisfies Queue
    },
  }
}

/** What a change writes beside the record, its slot and its events. */
export function operationWrites({ before, after, bounds = {} }: Change, table: string): Write[] {
  const of = after ?? before
  if (!of) return []
  const { clusters, inFlight, entry } = claimsOf(before, after)
  const writes: Write[] = []
  if (clusters !== 0) {
    const limit = clusters > 0 ? bounds.clustersPerVirtualLab : undefined
    writes.push(add(table, labKey(of.virtualLab), 'clusters', clusters, limit))
  }
  if (inFlight !== 0)
    writes.push(
      inFlight > 0 && bounds.start
        ? begin(table, bounds.start)
        : add(table, queueKey(countsName), 'inFlight', inFlight),
    )
  if (entry === 'none') writes.push({ Delete: { TableName: table, Key: queueKey(of.name) } })
  else if (entry) writes.push({ Put: { TableName: table, Item: { part: 'queue', ...entry } } })
  return writes
}

function add(
  TableName: string,
  Key: Record<string, string>,
  name: string,
  step: number,
  limit?: number,
): Write {
  return {
    Update: {
      TableName,
      Key,
      UpdateExpression: 'ADD #count :step',
      ExpressionAttributeNames: { '#count': name },
      ExpressionAttributeValues: { ':step': step, ...(limit === undefined ? {} : { ':limit': limit }) },
      ...(limit === undefined
        ? {}
        : { ConditionExpression: 'attribute_not_exists(#count) OR #count < :limit' }),
    },
  }
}

/** One operation more, if the site bears it and the minute has not had its starts. */
function begin(TableName: string, { inFlight, perMinute, minute, isFirst }: Start): Write {
  const below = '(attribute_not_exists(inFlight) OR inFlight < :limit)'
  return {
    Update: {
      TableName,
      Key: queueKey(countsName),
      UpdateExpression: isFirst
        ? 'SET startMinute = :minute, started = :one ADD inFlight :one'
        : 'ADD inFlight :one, started :one',
      ConditionExpression: isFirst
        ? `${below} AND (attribute_not_exists(startMinute) OR startMinute < :minute)`
        : `${below} AND startMinute = :minute AND started < :perMinute`,
      ExpressionAttributeValues: {
        ':limit': inFlight,
        ':minute': minute,
        ':one': 1,
        ...(isFirst ? {} : { ':perMinute': perMinute }),
      },
    },
  }
}
