// The audit trail: who asked for what, when, and what became of it. Entries are written once and never changed.

import { ClusterName } from '../cluster.ts'
import { Instant } from '../instant.ts'
import * as z from '../zod.ts'

export const AuditEntry = z
  .object({
    /** Its time and its request, which order it. */
    id: z.string(),
    at: Instant,
    /** The signer's ARN; of a role it has the session's name at its end. */
    caller: z.string(),
    sourceIp: z.string(),
    /** As the answer and the log have it. */
    requestId: z.string(),
    /** The route's name in the contract, as in createCluster. */
    verb: z.string(),
    cluster: z.nullable(z.string()),
    /** A dry run makes nothing. */
    dry: z.boolean(),
    /** The fields of the request that the contract knows; none where it was not understood. */
    wish: z.record(z.string(), z.unknown()),
    /** The HTTP status, and the error's code where it was refused. */
    status: z.int(),
    code: z.nullable(z.string()),
  })
  .register(z.globalRegistry, { id: 'AuditEntry' })
export type AuditEntry = z.infer<typeof AuditEntry>

/** As it is kept: with the day and the signer without session that lists go by, and the second when it expires. */
export const StoredEntry = z.extend(AuditEntry, {
  day: z.iso.date(),
  principal: z.string(),
  expires: z.int(),
})
export type StoredEntry = z.infer<typeof StoredEntry>

/** Newest first. With neither cluster nor principal it goes from day to day. */
export type AuditQuery = {
  cluster?: string | undefined
  principal?: string | undefined
  /** The first and the last id: times, or the beginnings of times. */
  from: string
  to: string
  limit: number
  cursor?: string | undefined
}

const Time = z.union(
  [z.iso.date(), Instant],
  'must be a day or a time in UTC: 2026-11-22 or 2026-11-22T10:00:00Z',
)

export const AuditInput = z.strictObject({
  cluster: z.optional(ClusterName),
  caller: z.optional(z.string().check(z.minLength(1), z.maxLength(2048))),
  from: z.optional(Time),
  to: z.optional(Time),
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100)), 50),
  cursor: z.optional(z.string().check(z.maxLength(2048))),
})
