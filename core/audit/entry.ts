// The audit trail: who asked for what, when, and what became of it. Entries are written once and never changed.
import * as z from 'zod'
import { ClusterName } from '../cluster.ts'

export const AuditEntry = z
  .object({
    /** Its time and its request, which order it. */
    id: z.string(),
    at: z.iso.datetime(),
    /** The signer's ARN; of a role it has the session's name at its end. */
    caller: z.string(),
    sourceIp: z.string(),
    /** As the answer and the log have it. */
    requestId: z.string(),
    /** The route's name in the contract, as in createCluster. */
    verb: z.string(),
    cluster: z.string().nullable(),
    /** A dry run makes nothing. */
    dry: z.boolean(),
    /** The fields of the request that the contract knows; none where it was not understood. */
    wish: z.record(z.string(), z.unknown()),
    /** The HTTP status, and the error's code where it was refused. */
    status: z.number().int(),
    code: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry' })
export type AuditEntry = z.infer<typeof AuditEntry>

/** As it is kept: with the day and the signer without session that lists go by, and the second when it expires. */
export const StoredEntry = AuditEntry.extend({
  day: z.iso.date(),
  principal: z.string(),
  expires: z.number().int(),
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
  [z.iso.date(), z.iso.datetime()],
  'must be a day or a time in UTC: 2026-11-22 or 2026-11-22T10:00:00Z',
)

export const AuditInput = z.strictObject({
  cluster: ClusterName.optional(),
  caller: z.string().min(1).max(2048).optional(),
  from: Time.optional(),
  to: Time.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(2048).optional(),
})

/**
 * The signer without the session that a role was taken on in, which is another one each time. A role by its own ARN is the
 * same signer: sessions are named without its path (IAM user guide, "IAM identifiers").
 */
export const principalOf = (caller: string): string =>
  caller
    .replace(/^(arn:[^:]+:sts::\d+:assumed-role\/[^/]+)\/.*$/, '$1')
    .replace(/^(arn:[^:]+):iam::(\d+):role\/(?:.*\/)?([^/]+)$/, '$1:sts::$2:assumed-role/$3')
