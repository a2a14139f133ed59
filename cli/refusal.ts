// What is known of a request that the API refused beside the error itself; it is the error's `cause`.
import { AppError } from '../core/errors.ts'

export type Refusal = { status: number; requestId?: string }

export const refusalOf = (error: unknown): Refusal | undefined => {
  const cause = error instanceof AppError ? error.cause : undefined
  return typeof cause === 'object' && cause !== null && 'status' in cause ? (cause as Refusal) : undefined
}
