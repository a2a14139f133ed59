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
  'code' in error &&
  ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'].includes(String(error.code))

// CloudFormation's word for being asked too often, whatever code comes with it (knowledge center, "Rate exceeded").
const isThrottled = (error: Error): boolean => /\bRate exceeded\b/i.test(error.message)

// Smithy's word for a failure of the service and not of the request.
const isServerFault = (error: Error): boolean => '$fault' in error && error.$fault === 'server'

export const unavailable = (cause?: unknown): AppError =>
  new AppError('Unavailable', 'An AWS service did not answer in time. Ask again.', {
    cause,
    retryAfterSeconds: 5,
  })

/** What may succeed later becomes `Unavailable`; all else passes through untouched. */
export function translate(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const isPassing = passing.has(error.name) || isThrottled(error) || isNetwork(error) || isServerFault(error)
  return isPassing ? unavailable(error) : error
}

/** Sends a command with `client.send`, translating its failure. */
export async function sending<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    throw translate(error)
  }
}
