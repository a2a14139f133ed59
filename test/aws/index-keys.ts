// What DynamoDB says of an item's keys, also of those of the table's indexes: an attribute that an index goes by is of its
// type or not there (DynamoDB developer guide, "Working with Global Secondary Indexes" and "Constraints").
import { auditIndexes, indexes, type TableName, tableKeys } from '../../aws/tables.ts'

type Keys = { partition: string; sort?: string; type?: string }
const indexesOf: Partial<Record<TableName, Record<string, Keys>>> = {
  clusters: indexes,
  audit: auditIndexes,
}

/** Why the item is refused; undefined where it is not. */
export function wrongKey(table: string, item: Record<string, unknown>): string | undefined {
  const ofIndexes = Object.entries(indexesOf[table as TableName] ?? {}).flatMap(
    ([index, { partition, sort }]) =>
      [partition, sort ?? partition]
        .filter((key) => item[key] !== undefined && !isText(item[key]))
        .map((key) => `Type mismatch for Index Key ${key} of ${index}: ${JSON.stringify(item[key])}`),
  )
  const { partition, sort, type }: Keys = tableKeys[table as TableName]
  const ofTable = [
    ...((type === 'number' ? typeof item[partition] === 'number' : isText(item[partition]))
      ? []
      : [partition]),
    ...(sort === undefined || isText(item[sort]) ? [] : [sort]),
  ].map((key) => `Type mismatch for key ${key}: ${JSON.stringify(item[key])}`)
  return [...ofTable, ...ofIndexes][0]
}

/** An empty text is none to DynamoDB where it is a key. */
const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
