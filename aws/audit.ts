// The audit trail's table: entries by day, and by cluster and signer in two indexes. Nothing here changes an entry.
import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { type AuditQuery, StoredEntry } from '../core/audit/entry.ts'
import type { Cloud } from '../core/cloud.ts'
import * as z from '../core/zod.ts'
import { fromCursor, notOurCursor, toCursor } from './cursor.ts'
import { isNamed, sending } from './errors.ts'
import { auditIndexes } from './tables.ts'

/** More days without an entry than these make a short page: a request has to end. */
const daysAtOnce = 14

/** Written once: the same id twice would be another's entry. The key of an index is text or not there, never null. */
export const auditPut = (TableName: string, { cluster, ...entry }: StoredEntry) => ({
  TableName,
  Item: cluster === null ? entry : { ...entry, cluster },
  ConditionExpression: 'attribute_not_exists(#id)',
  ExpressionAttributeNames: { '#id': 'id' },
})

export function audit(
  client: DynamoDBDocumentClient,
  TableName: string,
): Pick<Cloud, 'addAudit' | 'listAudit'> {
  type Key = { name: string; value: string; index?: keyof typeof auditIndexes; start?: object | undefined }
  const page = ({ from: low, to: high, limit, cluster, principal }: AuditQuery, key: Key) => {
    const isFiltered = cluster !== undefined && principal !== undefined
    return sending(
      client.send(
        new QueryCommand({
          TableName,
          ...(key.index ? { IndexName: key.index } : {}),
          Limit: limit,
          ScanIndexForward: false,
          ...(key.start ? { ExclusiveStartKey: key.start } : {}),
          KeyConditionExpression: '#key = :key AND id BETWEEN :low AND :high',
          ...(isFiltered ? { FilterExpression: 'principal = :principal' } : {}),
          ExpressionAttributeNames: { '#key': key.name },
          ExpressionAttributeValues: {
            ...{ ':key': key.value, ':low': low, ':high': high },
            ...(isFiltered ? { ':principal': principal } : {}),
          },
        }),
      ),
    )
  }
  const entries = (items: object[] = []) => items.map((item) => StoredEntry.parse({ cluster: null, ...item }))

  return {
    async addAudit(entry) {
      try {
        await sending(client.send(new PutCommand(auditPut(TableName, entry))))
      } catch (error) {
        // It is there already: its id has the request, and the SDK asks again where an answer was lost.
        if (!isNamed(error, 'ConditionalCheckFailedException')) throw error
      }
    },

    async listAudit(query) {
      const index = query.cluster ? 'byCluster' : query.principal ? 'byPrincipal' : undefined
      if (!index) return listDays(query)
      const { partition } = auditIndexes[index]
      const value = (query.cluster ?? query.principal) as string
      const start = fromCursor(query.cursor, ['day', 'id', partition])
      if (isPast(start, query)) return { items: [] }
      // The partition is the query's, never the cursor's.
      const from = isWithin(start, query) ? { ...start, [partition]: value } : undefined
      const found = await page(query, { name: partition, value, index, start: from })
      return { items: entries(found.Items), cursor: toCursor(found.LastEvaluatedKey) }
    },
  }

  /** From the last day back to the first one; a page may end between two days. */
  async function listDays(query: AuditQuery) {
    const start = fromCursor(query.cursor, ['day', 'id'])
    if (isPast(start, query)) return { items: [] }
    const [first, last] = [query.from.slice(0, 10), query.to.slice(0, 10)]
    const items: StoredEntry[] = []
    const begin = isWithin(start, query) ? start : undefined
    // An id begins with its day.
    let day = begin ? dayOf(begin.id) : last
    for (let days = 1; day >= first; days++) {
      const at = begin && days === 1 ? { day, id: begin.id } : undefined
      const rest = { ...query, limit: query.limit - items.length }
      const found = await page(rest, { name: 'day', value: day, start: at })
      items.push(...entries(found.Items))
      if (found.LastEvaluatedKey) return { items, cursor: toCursor(found.LastEvaluatedKey) }
      day = dayBefore(day)
      if (day >= first && (days >= daysAtOnce || items.length >= query.limit))
        return { items, cursor: toCursor({ day, id: `${day}~` }) }
    }
    return { items }
  }
}

type Start = { id?: string } | undefined
type Times = { from: string; to: string }
// DynamoDB refuses a start outside of what is asked for, as a cursor of other times has one.
const isPast = (start: Start, { from }: Times): boolean => start?.id !== undefined && start.id < from
const isWithin = (start: Start, { from, to }: Times): start is { id: string } =>
  start?.id !== undefined && start.id >= from && start.id <= to

function dayOf(id: string): string {
  const day = z.iso.date().safeParse(id.slice(0, 10))
  if (!day.success) throw notOurCursor()
  return day.data
}

const dayBefore = (day: string): string => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10)
