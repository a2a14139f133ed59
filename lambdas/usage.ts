// The door of the accounting database for reports: it may read, and nothing else. Runs in the VPC.
import { secrets as secretsManager } from '../aws/secrets.ts'
import { UsageRequest } from '../core/accounting/request.ts'
import { withConnection } from '../database/connect.ts'
import { readUsage } from '../database/read-usage.ts'
import { readerName } from './middleware/database-env.ts'
import { databaseHandler } from './middleware/database-handler.ts'

const secrets = secretsManager({})

export const handler = databaseHandler(UsageRequest, async (query, { place, readerSecret }) => {
  const reader = { user: readerName, password: await secrets.readSecret(readerSecret) }
  return withConnection(place, reader, (connection) => readUsage(connection, query, new Date()))
})
