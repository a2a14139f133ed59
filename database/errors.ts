// MariaDB's error codes in our words: what may succeed later, what an operator must mend, and all else.
import { AppError } from '../core/errors.ts'

/** The database says no, and would again. The message is for operators. */
export class Refused extends Error {}

const passing = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'PROTOCOL_CONNECTION_LOST',
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_SERVER_SHUTDOWN',
  'ER_STATEMENT_TIMEOUT',
])

const refusals = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_SPECIFIC_ACCESS_DENIED_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_DISK_FULL',
  'ER_RECORD_FILE_FULL',
  // What a server says that is read-only, as RDS makes one whose storage is full.
  'ER_OPTION_PREVENTS_STATEMENT',
])

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''

export function translated(error: unknown): unknown {
  const code = codeOf(error)
  // mysql2 writes the statement into its error, with the values in it: a password may be one, and errors are logged.
  if (error instanceof Error) Reflect.deleteProperty(error, 'sql')
  if (passing.has(code))
    return new AppError('Unavailable', 'The accounting database did not answer in time. Ask again.', {
      cause: error,
      retryAfterSeconds: 15,
    })
  return refusals.has(code)
    ? new Refused(`The accounting database refused (${code}): ${(error as Error).message}`)
    : error
}

export const isMissingTable = (error: unknown): boolean => codeOf(error) === 'ER_NO_SUCH_TABLE'
