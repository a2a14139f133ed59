// The door of the accounting database for the reconciler: makes and removes a deployment's access. Runs in the VPC.
import { secrets as secretsManager } from '../aws/secrets.ts'
import type { Accounting } from '../core/accounting/accounting.ts'
import { AccountingRequest } from '../core/accounting/request.ts'
import { isAppError } from '../core/errors.ts'
import { databaseSecretName, ownerTags } from '../core/names.ts'
import { prepareAccess, removeAccess } from '../database/access.ts'
import { loginOf, withConnection } from '../database/connect.ts'
import { readerName } from './middleware/database-env.ts'
import { databaseHandler } from './middleware/database-handler.ts'

const secrets = secretsManager({})

export const handler = databaseHandler(
  AccountingRequest,
  async (request, { place, adminSecret, readerSecret }) => {
    const admin = loginOf(await secrets.readSecret(adminSecret))
    if (request.do === 'remove') {
      await withConnection(place, admin, (connection) => removeAccess(connection, request, new Date()))
      await secrets.deleteSecret(databaseSecretName(request))
      return {}
    }
    const reader = { user: readerName, password: await secrets.readSecret(readerSecret) }
    // The secret first: a crash after it leaves no login that nobody holds, and the next call takes its password.
    const own = await ownPassword(request)
    const prepared = await withConnection(place, admin, (connection) =>
      prepareAccess(connection, request, { password: own.password, reader }),
    )
    const uri = `${place.host}:${place.port}`
    return { uri, ...prepared, passwordSecretArn: own.arn } satisfies Accounting
  },
)

/** The deployment's password: it is minted once and never changes, so that no cluster loses its login while it runs. */
async function ownPassword(
  of: Extract<AccountingRequest, { do: 'prepare' }>,
): Promise<{ arn: string; password: string }> {
  const name = databaseSecretName(of)
  const password = Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString('hex')
  try {
    return { arn: await secrets.createSecret(name, password, ownerTags(of)), password }
  } catch (error) {
    if (!isAppError(error, 'Conflict')) throw error
    return secrets.findSecret(name)
  }
}
