// The one place that reads a function's environment and the files beside it.
import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { awsCloud } from '../../aws/cloud.ts'
import type { Context } from '../../core/context.ts'
import { OrphanSettings } from '../../core/orphans/report.ts'
import { Expected, type Place } from '../../core/preflight/questions.ts'
import { merge } from '../../core/render/merge.ts'
import { Templates } from '../../core/render/templates.ts'
import { Site } from '../../core/site.ts'

const json = <T extends z.ZodType>(schema: T) =>
  z.string().transform((text) => schema.parse(JSON.parse(text)))

/** A file that the build put beside the function. */
const beside = (file: string) => JSON.parse(readFileSync(new URL(`./${file}`, import.meta.url), 'utf8'))

const templatesBeside = () => Templates.parse(beside('templates.json'))

/** What the deployment made of the site; what is known without it lies beside the function. */
const SiteVariable = z
  .string()
  .transform((made): Site => Site.parse(merge(beside('site.json'), JSON.parse(made))))

const Env = z.object({
  SITE: SiteVariable,
  CLUSTERS_TABLE: z.string(),
  SLOTS_TABLE: z.string(),
  EVENTS_TABLE: z.string(),
  AUDIT_TABLE: z.string(),
  OPERATIONS_TABLE: z.string(),
  QUEUE_URL: z.string(),
  EVENT_BUS: z.string(),
  SERVICE_VERSION: z.string(),
  SECRETS_KEY: z.string().optional(),
})

const tablesOf = (env: z.infer<typeof Env>) => ({
  clusters: env.CLUSTERS_TABLE,
  slots: env.SLOTS_TABLE,
  events: env.EVENTS_TABLE,
  audit: env.AUDIT_TABLE,
  operations: env.OPERATIONS_TABLE,
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
  let templates: Templates | undefined
  return {
    site: env.SITE,
    // Read by the first request that asks what a cluster is; most answer without.
    get templates() {
      templates ??= templatesBeside()
      return templates
    },
    version: env.SERVICE_VERSION,
    cloud: awsCloud({
      tables: tablesOf(env),
      queueUrl: env.QUEUE_URL,
      busName: env.EVENT_BUS,
      secretsKey: env.SECRETS_KEY,
      nodeKeysBucket: env.SITE.nodeKeys.bucket,
      accounting: env.SITE.accounting,
    }),
  }
}

const PreflightEnv = z.object({ SITE: SiteVariable, SLOTS_TABLE: z.string(), PREFLIGHT: json(Expected) })

/** What preflight works with. */
export function placeOfEnvironment(): Place & { slotsTable: string } {
  const { SITE, SLOTS_TABLE, PREFLIGHT } = PreflightEnv.parse(process.env)
  return { site: SITE, templates: templatesBeside(), expected: PREFLIGHT, slotsTable: SLOTS_TABLE }
}

const SweeperEnv = z.object({ ORPHANS: json(OrphanSettings) })

/** What the sweeper works with; what only it may list and delete is made by its own file. */
export function sweeperOfEnvironment() {
  const { ORPHANS: settings } = SweeperEnv.parse(process.env)
  const { cloud, site } = contextOfEnvironment()
  return { cloud, site, settings, tables: tablesOf(Env.parse(process.env)) }
}

const KeyEnv = z.object({ JWKS_URL: z.url(), JWKS_BUCKET: z.string(), JWKS_KEY: z.string() })

/** Where the identity provider publishes its keys, and the object that they are stored in. */
export function keyPlacesOfEnvironment(): { url: string; object: { bucket: string; key: string } } {
  const env = KeyEnv.parse(process.env)
  return { url: env.JWKS_URL, object: { bucket: env.JWKS_BUCKET, key: env.JWKS_KEY } }
}
