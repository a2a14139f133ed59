// The one place that reads a function's environment and the files beside it.
import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { awsCloud } from '../../aws/cloud.ts'
import type { Context } from '../../core/context.ts'
import { Expected, type Place } from '../../core/preflight/questions.ts'
import { Templates } from '../../core/render/templates.ts'
import { Site } from '../../core/site.ts'

const json = <T extends z.ZodType>(schema: T) =>
  z.string().transform((text) => schema.parse(JSON.parse(text)))

const templatesBeside = () =>
  Templates.parse(JSON.parse(readFileSync(new URL('./templates.json', import.meta.url), 'utf8')))

const Env = z.object({
  SITE: json(Site),
  CLUSTERS_TABLE: z.string(),
  SLOTS_TABLE: z.string(),
  EVENTS_TABLE: z.string(),
  OPERATIONS_TABLE: z.string(),
  QUEUE_URL: z.string(),
  EVENT_BUS: z.string(),
  SERVICE_VERSION: z.string(),
  SECRETS_KEY: z.string().optional(),
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
  return {
    site: env.SITE,
    templates: templatesBeside(),
    version: env.SERVICE_VERSION,
    cloud: awsCloud({
      tables: {
        clusters: env.CLUSTERS_TABLE,
        slots: env.SLOTS_TABLE,
        events: env.EVENTS_TABLE,
        operations: env.OPERATIONS_TABLE,
      },
      queueUrl: env.QUEUE_URL,
      busName: env.EVENT_BUS,
      secretsKey: env.SECRETS_KEY,
      accounting: env.SITE.accounting,
    }),
  }
}

const PreflightEnv = z.object({ SITE: json(Site), SLOTS_TABLE: z.string(), PREFLIGHT: json(Expected) })

/** What preflight works with. */
export function placeOfEnvironment(): Place & { slotsTable: string } {
  const { SITE, SLOTS_TABLE, PREFLIGHT } = PreflightEnv.parse(process.env)
  return { site: SITE, templates: templatesBeside(), expected: PREFLIGHT, slotsTable: SLOTS_TABLE }
}

const KeyEnv = z.object({ JWKS_URL: z.url(), JWKS_BUCKET: z.string(), JWKS_KEY: z.string() })

/** Where the identity provider publishes its keys, and the object that they are stored in. */
export function keyPlacesOfEnvironment(): { url: string; object: { bucket: string; key: string } } {
  const env = KeyEnv.parse(process.env)
  return { url: env.JWKS_URL, object: { bucket: env.JWKS_BUCKET, key: env.JWKS_KEY } }
}
