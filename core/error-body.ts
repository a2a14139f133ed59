// The one shape of every refusal.

import { errorCodes } from './errors.ts'
import * as z from './zod.ts'

export const ErrorBody = z
  .object({
    code: z.string().register(z.globalRegistry, {
      description: Object.entries(errorCodes)
        .map(([code, { status, meaning }]) => `\`${code}\` (${status}): ${meaning}`)
        .join('\n\n'),
    }),
    message: z.string(),
    requestId: z.string(),
    details: z.optional(z.array(z.object({ path: z.string(), message: z.string() }))),
  })
  .register(z.globalRegistry, { id: 'Error' })
export type ErrorBody = z.infer<typeof ErrorBody>
