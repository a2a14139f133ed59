// What API Gateway tells of who asks, for the audit trail. The signature was checked before this function was called.
import { type Audited, audited } from '../../core/audit/audited.ts'
import type { Context } from '../../core/context.ts'
import type { Call, Fields } from './http-handler.ts'
import { logger } from './logger.ts'

export function withAudit<C extends Pick<Context, 'cloud' | 'site'>>(
  context: C,
  { name, route, event, requestId }: Call,
  parse: () => Fields,
  verb: (context: C & Audited, input: Fields) => Promise<unknown>,
): Promise<unknown> {
  const { status, dryRunOf } = route
  const { userArn, sourceIp } = event.requestContext?.identity ?? {}
  const asked = {
    // Not the empty text either, which DynamoDB takes for no key.
    caller: userArn || 'unknown',
    sourceIp: sourceIp || 'unknown',
    requestId,
    verb: dryRunOf ?? name,
    dry: dryRunOf !== undefined,
    status,
  }
  // The refusal stands, and the line in the log has who was refused what.
  const lost = (error: unknown) => logger.error('a refusal is not in the audit trail', { ...asked, error })
  return audited(context, asked, parse, verb, lost)
}
