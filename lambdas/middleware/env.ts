// The one place that reads a function's environment and the files beside it. What only one function works with has a file of
// its own, so that no other loads it.
import { readFileSync } from 'node:fs'
import { awsCloud } from '../../aws/cloud.ts'
import type { Context } from '../../core/context.ts'
import { merge } from '../../core/render/merge.ts'
import type { Templates } from '../../core/render/templates.ts'
import type { Site } from '../../core/site.ts'
import * as z from '../../core/zod.ts'

/** A variable that holds JSON. */
export const json = <T extends z.ZodMiniType>(schema: T) =>
  z.pipe(
    z.string(),
    z.transform((text) => schema.parse(JSON.parse(text))),
  )

export const fromEnvironment = <T extends z.ZodMiniType>(schema: T): z.infer<T> => schema.parse(process.env)

/** A file that the build put beside the function: what it wrote went through the schemas then, and need not at each cold start. */
const beside = (file: string) => JSON.parse(readFileSync(new URL(`./${file}`, import.meta.url), 'utf8'))

export const templatesBeside = (): Templates => beside('templates.json')

/** What the deployment made of the site; what is known without it lies beside the function. */
export const SiteVariable = z.pipe(
  z.string(),
  z.transform((made): Site => merge(beside('site.json'), JSON.parse(made)) as Site),
)

export const Env = z.object({
  SITE: SiteVariable,
  CLUSTERS_TABLE: z.string(),
  SLOTS_TABLE: z.string(),
  EVENTS_TABLE: z.string(),
  AUDIT_TABLE: z.string(),
  OPERATIONS_TABLE: z.string(),
  QUEUE_URL: z.string(),
  EVENT_BUS: z.string(),
  SERVICE_VERSION: z.string(),
  SECRETS_KEY: z.optional(z.string()),
})

export const tablesOf = (env: z.infer<typeof Env>) => ({
  clusters: env.CLUSTERS_TABLE,
  slots: env.SLOTS_TABLE,
  events: env.EVENTS_TABLE,
  audit: env.AUDIT_TABLE,
  operations: env.OPERATIONS_TABLE,
})

/** What the function works with, from its environment and the templates that the build put beside it. */
export function contextOfEnvironment(): Context {
  const env = fromEnvironment(Env)
  let templates: Templates | undefined
  return {
    site: env.SITE,
    // Read by the first request that asks what a cluster is; most answer without.
    get templates() {
      templates ??= templatesBeside()
      return templates
    },
    openApi: () => beside('openapi.json'),
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
