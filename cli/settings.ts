// Which API to speak to, and as whom: options, then the environment, then what `npm start` wrote.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AppError } from '../core/errors.ts'
import * as z from '../core/zod.ts'
import { parseJson } from './error-answers.ts'
import type { Target } from './signed-fetch.ts'
import type { Terminal } from './terminal.ts'

/** `endpointUrl` stands for all of AWS where there is none, as on a laptop. */
export type Settings = Target & {
  endpointUrl?: string | undefined
  /** Who gives tokens for Slurm's REST API, where it is this machine's own. */
  identity?: Identity | undefined
}
export type SettingsOptions = { apiUrl?: string; region?: string }

const Identity = z.object({ tokenUrl: z.url(), clientId: z.string(), clientSecret: z.string() })
export type Identity = z.infer<typeof Identity>

const LocalOutputs = z.object({
  apiUrl: z.url(),
  region: z.string(),
  endpointUrl: z.url(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  identity: z.optional(Identity),
})
type LocalOutputs = z.infer<typeof LocalOutputs>
const outputsFile = join('.local', 'outputs.json')

export function settingsOf(options: SettingsOptions, { env, cwd }: Pick<Terminal, 'env' | 'cwd'>): Settings {
  const apiUrl = options.apiUrl || env.HPC_PROVISIONER_API_URL
  if (apiUrl) return { apiUrl: webUrl(apiUrl), region: regionFor(apiUrl, options, env) }
  const local = localOutputs(cwd)
  if (!local)
    throw new AppError(
      'InvalidRequest',
      'No API is known: set HPC_PROVISIONER_API_URL (or --api-url) and AWS_REGION, or run "npm start" for a local one.',
    )
  const { accessKeyId, secretAccessKey } = local
  return {
    apiUrl: local.apiUrl,
    // Not AWS_REGION, which speaks of another place: the local API's region is where it was deployed.
    region: options.region || local.region,
    endpointUrl: local.endpointUrl,
    credentials: { accessKeyId, secretAccessKey },
    ...(local.identity ? { identity: local.identity } : {}),
  }
}

function webUrl(text: string): string {
  if (/^https?:\/\/./.test(text) && URL.canParse(text)) return text
  throw new AppError('InvalidRequest', `The API's URL must start with https:// or http://, not be "${text}".`)
}

function regionFor(apiUrl: string, options: SettingsOptions, env: Terminal['env']): string {
  // An address of API Gateway's own says it, and cannot be wrong.
  const inUrl = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com/.exec(apiUrl)?.[1]
  const region = options.region || inUrl || env.AWS_REGION || env.AWS_DEFAULT_REGION
  if (region) return region
  throw new AppError('InvalidRequest', 'No region is known: set AWS_REGION, or --region.')
}

/** From the folder or the next one above that has it, up to the root of the package that the folder is in. */
function localOutputs(cwd: string): LocalOutputs | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, outputsFile)
    if (existsSync(file)) return readOutputs(file)
    if (existsSync(join(folder, 'package.json')) || folder === dirname(folder)) return undefined
  }
}

function readOutputs(file: string): LocalOutputs {
  const { data } = LocalOutputs.safeParse(parseJson(readFileSync(file, 'utf8')))
  if (data) return data
  throw new AppError('InvalidRequest', `${file} is not as "npm start" writes it. Run "npm start" again.`)
}
