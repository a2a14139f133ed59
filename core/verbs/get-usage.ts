// What jobs used. A project that never had a cluster used nothing, so nothing is what the report says of it.
import { defaultDays, maxDays } from '../accounting/report.ts'
import { spanOf } from '../accounting/usage.ts'
import type { Context } from '../context.ts'
import type { Input, Output } from '../contract.ts'
import { AppError } from '../errors.ts'

export async function getUsage(
  { cloud, site, templates }: Context,
  query: Input<'getUsage'>,
): Promise<Output<'getUsage'>> {
  if (!site.accounting)
    throw new AppError('NoAccounting', 'This site has no accounting database, so it knows of no usage.')
  const { from, to } = daysOf(query, cloud.now())
  const { items, cursor } = await cloud.readUsage({ ...query, from, to })
  const usage = items.map((row) => ({ ...row, user: userName(row.user, templates.user) }))
  return { from, to, usage, ...(cursor ? { cursor } : {}) }
}

/** The days that are meant, both of them included. Throws `InvalidRequest`. */
function daysOf({ from, to }: Input<'getUsage'>, now: Date): { from: string; to: string } {
  const last = to ?? dayBefore(now.toISOString(), 0)
  const first = from ?? dayBefore(last, defaultDays - 1)
  const { since, until } = spanOf({ from: first, to: last }, new Date(8.64e15))
  const days = (until - since) / 86_400
  if (days < 1) throw refused(`must not be before the first day (${first})`)
  if (days > maxDays) throw refused(`must leave at most ${maxDays} days since the first (${first})`)
  return { from: first, to: last }
}

const dayBefore = (day: string, days: number): string =>
  new Date(Date.parse(day.slice(0, 10)) - days * 86_400_000).toISOString().slice(0, 10)

function refused(message: string): AppError {
  const details = [{ path: 'to', message }]
  return new AppError('InvalidRequest', `to: ${message}`, { details })
}

/** Slurm keeps a user without an association by number; the one that every cluster has is known by name. */
const userName = (user: string, login: { name: string; uid: string }): string =>
  user === login.uid ? login.name : user
