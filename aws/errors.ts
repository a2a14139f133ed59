// AWS's error names in our words. Nobody outside aws/ compares them.
import { AppError } from '../core/errors.ts'

export const isNamed = (error: unknown, ...names: string[]): error is Error =>
  error instanceof Error && names.includes(error.name)

const passing = new Set([
  'ThrottlingException',
  'Throttling',
  'RequestLimitExceeded',
  'ProvisionedThroughputExceededException',
  'RequestThrottled',
  'TooManyRequestsException',
  'LimitExceededException',
  'InternalServerError',
  'InternalServiceError',
  'InternalFailure',
  'ServiceUnavailable',
  'TimeoutError',
  'AbortError',
  'TransactionInProgressException',
])
const isNetwork = (error: Error): boolean =>
  'code' in error && ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'].includes(String(error.code))

/** What may succeed later becomes `Unavailable`; all else passes through untouched. */
export function translate(error: unknown): unknown {
  if (!(error instanceof Error) || !(passing.has(error.name) || isNetwork(error))) return error
  return new AppError('Unavailable', 'An AWS service did not answer in time. Ask again.', {
    cause: error,
    retryAfterSeconds: 5,
  })
}

/** Sends a command with `client.send`, translating its failure. */
export async function sending<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    throw translate(error)
  }
}
