// The one place that reads a function's environment and the files beside it.
import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { awsCloud } from '../../aws/cloud.ts'
import type { Context } from '../../core/context.ts'
import { Templates } from '../../core/render/templates.ts'
import { Site } from '../../core/site.ts'

const json = <T extends z.ZodType>(schema: T) =>
  z.string().transform((text) => schema.parse(JSON.parse(text)))

const Env = z.object({
  SITE: json(Site),
  CLUSTERS_TABLE: z.string(),
  SLOTS_TABLE: z.string(),
  EVENTS_TABLE: z.string(),
  QUEUE_URL: z.string(),
  SERVICE_VERSION: z.string(),
})

/** The login that reports are read with. */
export const readerName = 'hpc_reports'

const DatabaseEnv = z
  .object({
    DATABASE: json(z.object({ host: z.string(), port: z.number().int(), tls: z.boolean() })),
    /** JSON with `username` and `password`; only who changes something has it. */
    ADMIN_SECRET: z.string().default(''),
    /** A password as it is. */
    READER_SECRET: z.string(),
  })
  .transform(({ DATABASE, ADMIN_SECRET, READER_SECRET }) => ({
    place: DATABASE,
    adminSecret: ADMIN_SECRET,
    readerSecret: READER_SECRET,
  }))
export type DatabaseEnv = z.infer<typeof DatabaseEnv>

/** Where the accounting database is, and the secrets by which a function may log in to it. */
export const databaseOfEnvironment = (): DatabaseEnv => DatabaseEnv.parse(process.env)

/** What the function works with, from its environment and the templates that the build put beside it. */
export function contextOfEnvironment(): Context {
  const env = Env.parse(process.env)
  const templates = readFileSync(new URL('./templates.json', import.meta.url), 'utf8')
  return {
    site: env.SITE,
    templates: Templates.parse(JSON.parse(templates)),
    version: env.SERVICE_VERSION,
    cloud: awsCloud({
      tables: { clusters: env.CLUSTERS_TABLE, slots: env.SLOTS_TABLE, events: env.EVENTS_TABLE },
      queueUrl: env.QUEUE_URL,
      accounting: env.SITE.accounting,
    }),
  }
}
