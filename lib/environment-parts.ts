// Parts of an environment that stand for themselves: what outlives clusters, and who is told of them.

import { secondsOf } from '../core/lifetime/duration.ts'
import { Lifetimes } from '../core/lifetime/life.ts'
import { noticeTypes } from '../core/notices/notice.ts'
import { Mountpoint, Site } from '../core/site.ts'
import * as z from '../core/zod.ts'

// Amazon S3 user guide, "General purpose bucket naming rules"; no dots, which TLS names cannot hold.
const BucketName = z
  .string()
  .check(z.regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, 'must be the name of a bucket'))

export const storagePart = z.strictObject({
  /** Whether AWS Backup keeps the homes each day, for 35 days (EFS user guide, "Automatic backups"). */
  backups: z.boolean(),
  /** Buckets that are there already, by name; they keep their own settings. Else the app makes both. */
  publicBucket: z.optional(BucketName),
  privateBucket: z.optional(BucketName),
  /** How long the app's own buckets keep what was overwritten or deleted. */
  oldVersionsDays: z.int().check(z.positive()),
  dataTasks: Site.shape.storage.shape.dataTasks,
  mountpoint: z.optional(Mountpoint),
})

export const lifetimesPart = Lifetimes.check(({ value, issues }) => {
  const defaults = [
    ['lifetime', 'maxLifetime'],
    ['idleTimeout', 'maxIdleTimeout'],
  ] as const
  for (const [name, maximum] of defaults) {
    const [length, most] = [value[name], value[maximum]]
    if (length && most && secondsOf(length) > secondsOf(most))
      issues.push({
        code: 'custom',
        path: [name],
        message: `must be at most ${maximum}, ${most}`,
        input: length,
      })
  }
})

export const accountingPart = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('rds'),
    /** As RDS names it, without the db. in front. */
    instanceType: z.string().check(z.regex(/^[a-z0-9]+\.[a-z0-9]+$/, 'must be as in t4g.small')),
    /** What it begins with, and what it may grow to by itself. */
    storageGiB: z.int().check(z.minimum(20)),
    maxStorageGiB: z.int().check(z.maximum(65_536)),
    multiAz: z.boolean(),
    backupDays: z.int().check(z.minimum(1), z.maximum(35)),
  }),
  z.strictObject({
    kind: z.literal('given'),
    host: z.string(),
    port: z.int().check(z.minimum(1), z.maximum(65_535)),
    /** A secret in JSON with `username` and `password` of one who may make databases and users. */
    adminSecretArn: z.string(),
    /** Whether it is an RDS instance, whose certificate is checked. */
    tls: z.boolean(),
  }),
])

export const notificationsPart = z.strictObject({
  /** An SNS topic that is there already; else one is made. */
  topicArn: z.optional(
    z
      .string()
      .check(z.regex(/^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w-]+$/, 'must be the ARN of an SNS topic')),
  ),
  emails: z._default(z.array(z.email()), []),
  /** Notices that the topic gets, too; the event bus has all of them. */
  notices: z._default(z.array(z.enum(noticeTypes)), []),
})
