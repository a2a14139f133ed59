// The local ParallelCluster provider: a daemon on loopback that the forward function passes CloudFormation's events to.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import type { LocalDatabase } from '../slurm/accounting.ts'
import { startSlurmSite } from '../slurm/site.ts'
import { type Builder, hostlessBuilder, slurmBuilder } from './build.ts'
import { type Handle, startDaemon } from './daemon.ts'
import { type EmulatorOptions, emulatorOutside } from './emulator-outside.ts'
import { CustomResourceEvent, sendAnswer } from './event.ts'
import { type Journal, openJournal } from './journal.ts'
import { cloudFormationStacks } from './stacks.ts'

export type ProviderOptions = EmulatorOptions & {
  host: string
  /** Any free one without it. */
  port?: number
  /** What the forward function must show. */
  token: string
  /** Clusters and the project's homes are kept here. */
  stateDir: string
  site: 'slurm' | 'none'
  /** The accounting database of this machine; without it clusters keep no accounts. */
  database?: LocalDatabase
  log: (line: string) => void
}

export type Provider = { url: string; site: 'slurm' | 'none'; stop(): Promise<void> }

export async function startProvider(options: ProviderOptions): Promise<Provider> {
  const { endpointUrl: endpoint, region, credentials, log, site } = options
  const stacks = cloudFormationStacks(new CloudFormationClient({ endpoint, region, credentials }))
  const daemon = startDaemon({
    builder: await startBuilder(options),
    stacks,
    region,
    log,
    answer: sendAnswer,
    now: () => new Date(),
    newInstanceId: () => `i-${randomBytes(9).toString('hex').slice(0, 17)}`,
    pollSeconds: 0.5,
  })
  const journal = openJournal(options.stateDir)
  const handle: Handle = (event) => daemon.handle(event).finally(() => journal.forget(event))
  for (const event of journal.left()) {
    // The emulator of an earlier run is gone with all that it had asked for.
    if (!(await stacks.find(event.StackId))) {
      journal.forget(event)
      continue
    }
    log(`${event.RequestType} ${event.ResourceProperties.ClusterName ?? ''} of an earlier run is taken up`)
    handle(event).catch((error) => log(`An answer was lost: ${error.message}`))
  }
  const server = createServer(async (request, response) => {
    const status = await accept(request, options.token, { handle, journal, log }).catch(() => 500)
    response.writeHead(status).end()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, options.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${options.host}:${port}/`,
    site,
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await daemon.stop()
    },
  }
}

async function startBuilder(options: ProviderOptions): Promise<Builder> {
  if (options.site === 'none') return hostlessBuilder()
  const outside = emulatorOutside(options)
  const { stateDir, log, database } = options
  return slurmBuilder(
    await startSlurmSite({ stateDir, outside, log, ...(database ? { database } : {}) }),
    outside,
  )
}

/** The status for the forward function. The event's own answer goes to its ResponseURL, minutes later perhaps. */
async function accept(
  request: IncomingMessage,
  token: string,
  { handle, journal, log }: { handle: Handle; journal: Journal; log: (line: string) => void },
): Promise<number> {
  if (!isAllowed(request.headers.authorization, token)) return 403
  if (request.method !== 'POST') return 405
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const event = CustomResourceEvent.safeParse(parseJson(Buffer.concat(chunks).toString()))
  if (!event.success) return 400
  // In JSON, so that no name makes a line of its own.
  log(`${event.data.RequestType} ${JSON.stringify(event.data.ResourceProperties.ClusterName) ?? ''}`)
  journal.keep(event.data)
  handle(event.data).catch((error) => log(`An answer was lost: ${error.message}`))
  return 202
}

function isAllowed(authorization: string | undefined, token: string): boolean {
  const [given, wanted] = [Buffer.from(authorization ?? ''), Buffer.from(`Bearer ${token}`)]
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
