// The floor of a read: one consistent get, and nothing around it.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}))

export const handler = async () => {
  console.log('{"level":"INFO","message":"floor"}')
  const Key = { name: 'floor' }
  const { Item } = await client.send(
    new GetCommand({ TableName: process.env.TABLE, Key, ConsistentRead: true }),
  )
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(Item ?? {}),
  }
}
