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
  SECRETS_KEY: z.string().optional(),
})

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
      secretsKey: env.SECRETS_KEY,
    }),
  }
}
