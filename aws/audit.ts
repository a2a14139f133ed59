// The audit trail's table: entries by day, and by cluster and signer in two indexes. Nothing here changes an entry.
import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { type AuditQuery, StoredEntry } from '../core/audit/entry.ts'
import type { Cloud } from '../core/cloud.ts'
import { fromCursor, toCursor } from './cursor.ts'
import { sending } from './errors.ts'
import { auditIndexes } from './tables.ts'

/** More days without an entry than these make a short page: a request has to end. */
const daysAtOnce = 14

/** Written once: the same id twice would be another's entry. */
export const auditPut = (TableName: string, Item: StoredEntry) => ({
  TableName,
  Item,
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
  const entries = (items: unknown[] = []) => items.map((item) => StoredEntry.parse(item))

  return {
    async addAudit(entry) {
      await sending(client.send(new PutCommand(auditPut(TableName, entry))))
    },

    async listAudit(query) {
      const index = query.cluster ? 'byCluster' : query.principal ? 'byPrincipal' : undefined
      if (!index) return listDays(query)
      const { partition } = auditIndexes[index]
      const value = (query.cluster ?? query.principal) as string
      const start = fromCursor(query.cursor, ['day', 'id', partition])
      // The partition is the query's, never the cursor's.
      const from = start && { ...start, [partition]: value }
      const found = await page(query, { name: partition, value, index, start: from })
      return { items: entries(found.Items), cursor: toCursor(found.LastEvaluatedKey) }
    },
  }

  /** From the last day back to the first one; a page may end between two days. */
  async function listDays(query: AuditQuery) {
    const start = fromCursor(query.cursor, ['day', 'id'])
    const [first, last] = [query.from.slice(0, 10), query.to.slice(0, 10)]
    const items: StoredEntry[] = []
    let day = start?.day !== undefined && start.day < last ? start.day : last
    for (let days = 1; day >= first; days++) {
      const at = start?.day === day ? { day, id: start.id } : undefined
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

const dayBefore = (day: string): string => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10)
