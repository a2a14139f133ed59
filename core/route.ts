// What a route of the API says of itself.
import * as z from 'zod'
import type { ErrorCode } from './errors.ts'

export const None = z.strictObject({})

export type Route = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  summary: string
  params: z.ZodType
  query: z.ZodType
  body?: z.ZodType
  /** The body is text, not JSON; the input has it as `text`. */
  textBody?: true
  /** The route of the same method and path which this one is with `?dryRun=true`. */
  dryRunOf?: string
  /** The function behind the route, where it is not the API's: one with rights that the API must not have. */
  servedBy?: 'preflight' | 'orphans'
  /** Whether somebody wishes for something by it, so that the audit trail has it. */
  audited?: true
  status: 200 | 202
  output: z.ZodType
  errors: readonly ErrorCode[]
}
