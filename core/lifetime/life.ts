// How long a cluster may be there, and how long without a job: what is asked for, what a site allows, what is kept.
import { Instant } from '../instant.ts'
import * as z from '../zod.ts'
import { Duration, DurationOrNone } from './duration.ts'

/** What a create, a PATCH and a tier's file may give. */
export const lifeWish = {
  lifetime: z
    .optional(DurationOrNone)
    .check(
      z.describe(
        'How long the cluster may be there, from ready on, or from now in a PATCH: 8h, 1d12h, none. It is deleted then, also with jobs.',
      ),
    ),
  idleTimeout: z
    .optional(DurationOrNone)
    .check(
      z.describe(
        'How long it may be there without a running or pending job: 30m, 2h, none. It is deleted then.',
      ),
    ),
}
export const LifeWish = z.object(lifeWish)
export type LifeWish = z.infer<typeof LifeWish>
export type TermName = keyof LifeWish
export const termNames = ['lifetime', 'idleTimeout'] as const satisfies TermName[]

/** A site's defaults, the most that one wish may ask for, and how long before its end a cluster's owner is warned. */
export const Lifetimes = z.strictObject({
  lifetime: z.optional(Duration),
  idleTimeout: z.optional(Duration),
  maxLifetime: z.optional(Duration),
  maxIdleTimeout: z.optional(Duration),
  /** A tenth of the time itself where that is less. */
  warning: z._default(Duration, '30m'),
})
export type Lifetimes = z.infer<typeof Lifetimes>

const Term = z.object({
  length: z.string(),
  /** When a PATCH set it: the time counts from then, or from ready where that is later. */
  since: z.optional(Instant),
})

/** What was asked of a cluster; a term that is not there has no end. */
export const Life = z.object({
  lifetime: z.optional(Term),
  idleTimeout: z.optional(Term),
  /** What the create asked for, where a PATCH has changed it since. */
  asked: z.optional(LifeWish),
})
export type Life = z.infer<typeof Life>

/** That somebody was warned of an end: of which one, and when it is now. */
const Warned = z.object({ of: Instant, endsAt: Instant })
export type Warned = z.infer<typeof Warned>

/** What has become of it. */
export const Watch = z.object({
  lifetime: z.optional(Warned),
  idle: z.optional(
    z.object({
      /** When the head node's word was last asked for, and when it is due again. */
      checkedAt: Instant,
      nextAt: Instant,
      /** Its newest line: the time in it, by the head node's clock; by ours, when it was first read, and the last time before. */
      heard: z.optional(Instant),
      heardAt: z.optional(Instant),
      heardAfter: z.optional(Instant),
      /** When its word was last read, and since when that fails. */
      readAt: z.optional(Instant),
      unreadSince: z.optional(Instant),
      /** Since when there is no job, as it was told then. */
      since: z.optional(Instant),
      warned: z.optional(Warned),
      /** That the head node's silence was told. */
      silent: z.optional(z.boolean()),
    }),
  ),
})
export type Watch = z.infer<typeof Watch>
