// The few commands of DynamoDB that we send, over maps. Conditions are read from their text, as far as ours go.
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb'
import type { AwsStub } from 'aws-sdk-client-mock'
import { auditIndexes, indexes as clusterIndexes, tableKeys } from '../../aws/tables.ts'
import { wrongKey } from './index-keys.ts'

export const tableNames = {
  ...{ clusters: 'clusters', slots: 'slots', events: 'events' },
  ...{ audit: 'audit', operations: 'operations' },
}
const keys: Record<string, string[]> = Object.fromEntries(
  Object.entries(tableKeys).map(([table, { partition, ...others }]) => [
    table,
    'sort' in others ? [partition, others.sort] : [partition],
  ]),
)
const indexes = { ...clusterIndexes, ...auditIndexes }

type Item = Record<string, unknown>
type Names = Record<string, string> | undefined
type Condition = { text?: string | undefined; names?: Names; values?: Item | undefined }

function holds(item: Item | undefined, { text, names, values }: Condition): boolean {
  const name = (word: string) => names?.[word] ?? word
  // What BETWEEN joins belongs together.
  const whole = (text ?? '').replace(/BETWEEN (\S+) AND /g, 'BETWEEN $1,')
  const either = (group: string) => group.replace(/^\((.* OR .*)\)$/, '$1').split(' OR ')
  return whole === '' || whole.split(' AND ').every((group) => either(group).some(isTrue))

  function isTrue(part: string): boolean {
    const absent = /^attribute_not_exists\((\S+)\)$/.exec(part)
    if (absent) return item?.[name(absent[1] ?? '')] === undefined
    const [left = '', operator, right = ''] = part.split(' ')
    const [has, asked] = [item?.[name(left)], values?.[right]]
    if (operator === '=') return has === asked
    if (operator === 'BETWEEN') {
      const [low, high] = right.split(',').map((one) => String(values?.[one]))
      if (!low || !high || low > high) throw named('ValidationException')
      return String(has) >= (low ?? '') && String(has) <= (high ?? '')
    }
    if (operator === '<=') return String(has) <= String(asked)
    if (operator === '<') return has !== undefined && (has as number) < (asked as number)
    throw new Error(`the fake does not know ${part}`)
  }
}

/** SET name = :value, … ADD name :value, … */
function updated(item: Item, { text = '', names, values = {} }: Condition): Item {
  const [, set = '', add = ''] = /^(?:SET (.*?))? ?(?:ADD (.*))?$/.exec(text) ?? []
  const parts = (clause: string) => (clause ? clause.split(', ').map((part) => part.split(/ = | /)) : [])
  const name = (word = '') => names?.[word] ?? word
  return {
    ...item,
    ...Object.fromEntries(parts(set).map(([word, value = '']) => [name(word), values[value]])),
    ...Object.fromEntries(
      parts(add).map(([word, value = '']) => [
        name(word),
        Number(item[name(word)] ?? 0) + Number(values[value]),
      ]),
    ),
  }
}

const named = (name: string, more: object = {}) => Object.assign(new Error(name), { name, ...more })

/** The tables behind the mock, by name and then by key. */
export function fakeDynamoDb(mock: unknown, foreign: (table: string) => object = () => ({})) {
  const stub = mock as AwsStub<never, never, DynamoDBDocumentClient['config']>
  const tables = new Map(Object.keys(keys).map((table) => [table, new Map<string, Item>()]))
  const table = (name = '') => tables.get(name) ?? new Map<string, Item>()
  const keyOf = (name: string, item: Item = {}) => JSON.stringify(keys[name]?.map((key) => item[key]))
  const on = (command: unknown, answer: (input: never) => object) =>
    stub.on(command as never).callsFake(async (input: unknown) => answer(input as never))

  on(GetCommand, ({ TableName, Key }: { TableName: string; Key: Item }) =>
    keys[TableName] ? { Item: table(TableName).get(keyOf(TableName, Key)) } : foreign(TableName),
  )
  on(BatchGetCommand, ({ RequestItems }: { RequestItems: Record<string, { Keys: Item[] }> }) => ({
    Responses: Object.fromEntries(
      Object.entries(RequestItems).map(([name, { Keys }]) => [
        name,
        Keys.flatMap((key) => table(name).get(keyOf(name, key)) ?? []),
      ]),
    ),
  }))

  type Write = { TableName: string; Key?: Item; Item?: Item } & {
    ConditionExpression?: string
    UpdateExpression?: string
    ExpressionAttributeNames?: Names
    ExpressionAttributeValues?: Item
  }
  type Writes = { Put?: Write; Delete?: Write; Update?: Write }[]
  on(TransactWriteCommand, ({ TransactItems }: { TransactItems: Writes }) => {
    const writes = TransactItems.map(({ Put, Delete, Update }) => (Put ?? Delete ?? Update) as Write)
    const reasons = writes.map((write) => {
      const { TableName, Key, Item, ConditionExpression: text } = write
      if (Item && wrongKey(TableName, Item)) return { Code: 'ValidationError' }
      if (!text) return { Code: 'None' }
      const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = write
      const item = table(TableName).get(keyOf(TableName, Item ?? Key))
      return { Code: holds(item, { text, names, values }) ? 'None' : 'ConditionalCheckFailed' }
    })
    if (reasons.some(({ Code }) => Code !== 'None'))
      throw named('TransactionCanceledException', { CancellationReasons: reasons })
    // Through JSON, as the document client leaves out what is undefined.
    for (const { TableName, Key, Item, UpdateExpression: text, ...more } of writes)
      if (text) {
        const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = more
        const item = table(TableName).get(keyOf(TableName, Key)) ?? { ...Key }
        table(TableName).set(keyOf(TableName, Key), updated(item, { text, names, values }))
      } else if (Item) table(TableName).set(keyOf(TableName, Item), JSON.parse(JSON.stringify(Item)))
      else table(TableName).delete(keyOf(TableName, Key))
    return {}
  })

  on(PutCommand, ({ TableName, Item, ...more }: Write & { Item: Item }) => {
    const wrong = wrongKey(TableName, Item)
    if (wrong) throw named('ValidationException', { message: wrong })
    const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = more
    const there = table(TableName).get(keyOf(TableName, Item))
    if (!holds(there, { text: more.ConditionExpression, names, values }))
      throw named('ConditionalCheckFailedException')
    table(TableName).set(keyOf(TableName, Item), JSON.parse(JSON.stringify(Item)))
    return {}
  })

  type Read = {
    TableName: string
    IndexName?: keyof typeof indexes
    Limit: number
    ScanIndexForward?: boolean
    ExclusiveStartKey?: Item
    KeyConditionExpression?: string
    FilterExpression?: string
    ExpressionAttributeNames?: Names
    ExpressionAttributeValues?: Item
  }
  const read = (query: Read) => {
    const { TableName, IndexName, Limit, ExclusiveStartKey: start } = query
    const [names, values] = [query.ExpressionAttributeNames, query.ExpressionAttributeValues]
    const [sort, ...others] = IndexName
      ? [indexes[IndexName].sort, indexes[IndexName].partition]
      : (keys[TableName] ?? []).toReversed()
    const at = (item: Item) => String(item[sort ?? ''])
    const asked = { text: query.KeyConditionExpression, names, values }
    // "The provided starting key is outside query boundaries"; a scan has none.
    if (start && !holds(start, asked)) throw named('ValidationException')
    const isAfter = (a: Item, b: Item) => (query.ScanIndexForward === false ? at(a) < at(b) : at(a) > at(b))
    const found = [...table(TableName).values()]
      // A record without the index's keys is not in it.
      .filter(
        (item) =>
          !IndexName || (item[indexes[IndexName].partition] !== undefined && item[sort ?? ''] !== undefined),
      )
      .filter((item) => holds(item, asked))
      .sort((a, b) => (isAfter(a, b) ? 1 : -1))
      .filter((item) => !start || isAfter(item, start))
    const page = found.slice(0, Limit)
    const last = page.at(-1)
    return {
      Count: page.length,
      ScannedCount: page.length,
      Items: page.filter((item) => holds(item, { text: query.FilterExpression, names, values })),
      ...(page.length === Limit && last
        ? {
            LastEvaluatedKey: Object.fromEntries(
              [sort ?? '', ...others, ...(keys[TableName] ?? [])].map((key) => [key, last[key]]),
            ),
          }
        : {}),
    }
  }
  on(QueryCommand, read)
  on(ScanCommand, read)
  return tables
}
