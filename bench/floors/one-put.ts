// The floor of a write: one put, and nothing around it.
import { randomUUID } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}))

export const handler = async () => {
  console.log('{"level":"INFO","message":"floor"}')
  const Item = {
    name: randomUUID(),
    status: 'CREATE_REQUEST_RECEIVED',
    requestedAt: new Date().toISOString(),
  }
  await client.send(new PutCommand({ TableName: process.env.TABLE, Item }))
  return { statusCode: 202, headers: { 'content-type': 'application/json' }, body: JSON.stringify(Item) }
}
