// Who asked for what, newest first.
import { principalOf } from '../audit/principal.ts'
import type { Context } from '../context.ts'
import type { Input, Output } from '../contract.ts'
import { AppError } from '../errors.ts'

// Without a cluster or a caller the trail is read day by day, so somebody has to say how far back.
const daysBack = 7
// Not the empty text, which DynamoDB takes for no key.
const theBeginning = '1970-01-01'

export async function listAudit(
  { cloud }: Context,
  { cluster, caller, from, to, limit, cursor }: Input<'listAudit'>,
): Promise<Output<'listAudit'>> {
  const last = to ?? cloud.now().toISOString()
  const first = from ?? (cluster || caller ? theBeginning : daysBefore(last, daysBack))
  // DynamoDB has no answer where the last one is before the first one.
  if (inFull(first) > `${inFull(last)}~`) throw notBefore(first)
  const { items, cursor: next } = await cloud.listAudit({
    ...{ cluster, limit, cursor },
    principal: caller && principalOf(caller),
    from: inFull(first),
    // Above every id that begins with it: a day as the last one is that whole day.
    to: `${inFull(last)}~`,
  })
  return { entries: items, ...(next ? { cursor: next } : {}) }
}

function notBefore(first: string): AppError {
  const message = `must not be before the first time (${first})`
  return new AppError('InvalidRequest', `to: ${message}`, { details: [{ path: 'to', message }] })
}

/** A time as the ids have it, to the millisecond; a day stays a day. */
const inFull = (time: string): string => (time.includes('T') ? new Date(time).toISOString() : time)

const daysBefore = (time: string, days: number): string =>
  new Date(Date.parse(time) - days * 86_400_000).toISOString().slice(0, 10)
