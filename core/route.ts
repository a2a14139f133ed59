// What a route of the API says of itself.

import type { ErrorCode } from './errors.ts'
import * as z from './zod.ts'

export const None = z.strictObject({})

export type Route = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  summary: string
  params: z.ZodMiniType
  query: z.ZodMiniType
  body?: z.ZodMiniType
  /** The body is text, not JSON; the input has it as `text`. */
  textBody?: true
  /** The route of the same method and path which this one is with `?dryRun=true`. */
  dryRunOf?: string
  /** The function behind the route, where it is not the API's: one with rights that the API must not have. */
  servedBy?: 'preflight' | 'orphans'
  /** Whether somebody wishes for something by it, so that the audit trail has it. */
  audited?: true
  status: 200 | 202
  output: z.ZodMiniType
  errors: readonly ErrorCode[]
}
