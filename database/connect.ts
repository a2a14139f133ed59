// The accounting database: one connection for one call, closed at its end. mysql2, because it brings the certificate
// authorities of Amazon RDS, so that the server's name is checked without a file of ours.
import type { Readable } from 'node:stream'
import type { Connection as CallbackConnection } from 'mysql2'
import { type Connection, createConnection } from 'mysql2/promise'
import { translated } from './errors.ts'

export type Place = {
  host: string
  port: number
  /** Whether the server is an RDS instance, whose certificate is asked for and checked. */
  tls: boolean
}
export type Login = { user: string; password: string }

// A database that does not answer must fail the call while its function can still say so.
const connectMillis = 5000

/** Does the work on a connection. What MariaDB answers to it comes in our words, see errors.ts. */
export async function withConnection<T>(
  { host, port, tls }: Place,
  { user, password }: Login,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  let connection: Connection | undefined
  try {
    connection = await createConnection({
      host,
      port,
      user,
      password,
      ...(tls ? { ssl: 'Amazon RDS' } : {}),
      connectTimeout: connectMillis,
      charset: 'utf8mb4',
      // Values reach the server as text and never as statements of their own.
      multipleStatements: false,
      flags: ['-LOCAL_FILES'],
    })
    return await work(connection)
  } catch (error) {
    throw translated(error)
  } finally {
    connection?.destroy()
  }
}

/** The administrator's login. Its secret is no part of what it throws, as it is of what JSON.parse does. */
export function loginOf(secret: string): Login {
  let { username: user, password }: { username?: unknown; password?: unknown } = {}
  try {
    ;({ username: user, password } = JSON.parse(secret))
  } catch {
    // falls through to the one refusal
  }
  if (typeof user === 'string' && typeof password === 'string') return { user, password }
  throw new Error('The secret of the administrator is no JSON with username and password.')
}

/** The rows one by one, so that they need no memory. The promises' own connection has no streams; the one below has. */
export const rowsOf = (connection: Connection, sql: string, values: unknown[]): Readable =>
  (connection as Connection & { connection: CallbackConnection }).connection.query(sql, values).stream()

/** A name in a statement. Ours hold nothing that could end the quotes; whatever else comes is refused. */
export function identifier(name: string): string {
  if (!/^[0-9A-Za-z_-]{1,64}$/.test(name)) throw new Error(`${JSON.stringify(name)} is no name of ours.`)
  return `\`${name}\``
}

/** A database in a grant, where `_` would stand for any character (MariaDB documentation, "GRANT"). */
export const grantedDatabase = (name: string): string => identifier(name).replaceAll('_', '\\_')
