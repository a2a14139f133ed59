// A laptop as a cloud: emulator, ParallelCluster provider, issuer of tokens and the deployed app, up together and down together.
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Outputs } from './demo.ts'
import { deploy } from './deploy.ts'
import { type Emulator, installEmulator, startEmulator } from './emulator.ts'
import { startIssuer } from './issuer.ts'
import { checkMachine, installPython, installSlurm } from './machine.ts'
import { type MariaDb, startMariaDb, storeAdmin } from './mariadb.ts'
import { startProvider } from './provider/server.ts'

export type SiteKind = 'slurm' | 'none'
export type LaptopOptions = {
  root: string
  stateDir: string
  site: SiteKind
  /** A LocalStack that runs already, in place of the embedded emulator. */
  endpointUrl?: string | undefined
  /** The name by which that LocalStack's functions reach this machine, when they do not run on it. */
  providerHost?: string | undefined
  port?: number | undefined
  context?: Record<string, string> | undefined
  /** Other ways to start the parts, for who wants to end and start them in between. */
  parts?: { startEmulator?: typeof startEmulator; startProvider?: typeof startProvider }
  say: (line: string) => void
  signal: AbortSignal
}
export type Laptop = { outputs: Outputs; site: SiteKind; stop: () => Promise<void> }

const region = 'us-east-1'
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }

/** Brings everything up. Whatever it started is stopped again when a later step fails. */
export async function startLaptop(options: LaptopOptions): Promise<Laptop> {
  const { root, stateDir, say, signal, site } = options
  mkdirSync(join(stateDir, 'log'), { recursive: true })
  const unlock = lockState(stateDir)
  const file = join(stateDir, 'outputs.json')
  // A killed run left it, and its API is gone.
  rmSync(file, { force: true })
  const stops: (() => Promise<void> | void)[] = [unlock]
  const stop = async () => {
    for (let next = stops.pop(); next; next = stops.pop()) await next()
  }
  try {
    if (site === 'slurm') await installMissing(say)
    const emulator = await startAws(options)
    stops.push(emulator.stop)
    const { endpointUrl } = emulator
    say(`AWS: ${options.endpointUrl ? 'LocalStack' : 'MiniStack'} at ${endpointUrl}`)

    // Only functions from elsewhere need more than loopback; token and client secret keep all others out.
    const host = options.providerHost ? '0.0.0.0' : '127.0.0.1'
    const issuer = await startIssuer(host)
    stops.push(issuer.stop)
    const database =
      site === 'slurm' ? await startMariaDb(stateDir, options.providerHost ?? '127.0.0.1') : undefined
    if (database) {
      stops.push(database.stop)
      say(`MariaDB: ${database.uri}, for the clusters' accounting`)
    }

    const token = randomBytes(24).toString('hex')
    const log = logTo(join(stateDir, 'log', 'provider.log'))
    const provider = await (options.parts?.startProvider ?? startProvider)({
      host,
      token,
      endpointUrl,
      region,
      credentials,
      stateDir,
      site,
      ...(database ? { database } : {}),
      log,
    })
    stops.push(provider.stop)
    signal.throwIfAborted()

    say('deploying the CDK app')
    const providerUrl = new URL(provider.url)
    if (options.providerHost) providerUrl.hostname = options.providerHost
    const jwksUrl = new URL(issuer.jwksUrl)
    if (options.providerHost) jwksUrl.hostname = options.providerHost
    const context = {
      ...options.context,
      ...{ providerUrl: providerUrl.href, providerToken: token, jwksUrl: jwksUrl.href },
      ...(database ? await databaseContext(database, { endpoint: endpointUrl, region, credentials }) : {}),
    }
    const deployed = await deploy({ root, stateDir, endpointUrl, region, context, signal })
    const outputs = { ...deployed, region, endpointUrl, identity: issuer.client }
    stops.push(() => rmSync(file, { force: true }))
    writeFileSync(file, `${JSON.stringify(outputs, null, 2)}\n`, { mode: 0o600 })
    say(`API: ${outputs.apiUrl}`)
    return { outputs, site, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What the app must know of the database. */
const databaseContext = async (
  database: MariaDb,
  client: Parameters<typeof storeAdmin>[1],
): Promise<Record<string, string>> => ({
  databaseUri: database.uri,
  databaseSecretArn: await storeAdmin(database, client),
})

async function startAws({ endpointUrl, root, stateDir, port, parts, say }: LaptopOptions): Promise<Emulator> {
  if (endpointUrl) return { endpointUrl, stop: async () => {} }
  await installPython(say)
  const start = parts?.startEmulator ?? startEmulator
  return start(stateDir, installEmulator(join(root, '.local'), say), port)
}

async function installMissing(say: (line: string) => void): Promise<void> {
  const machine = checkMachine()
  if (machine.advice) throw new Error(`${machine.advice} (or run with --site none: no Slurm).`)
  await installSlurm(machine, say)
}

/** Two runs would take each other's clusters for left-overs. */
function lockState(stateDir: string): () => void {
  const file = join(stateDir, 'running')
  if (existsSync(file)) {
    const pid = Number(readFileSync(file, 'utf8'))
    if (isAlive(pid))
      throw new Error(`It runs already, as process ${pid}. Stop that one first (Ctrl-C there).`)
    rmSync(file)
  }
  closeSync(openSync(file, 'wx'))
  writeFileSync(file, String(process.pid))
  return () => rmSync(file, { force: true })
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && pid !== process.pid && process.kill(pid, 0)
  } catch {
    return false
  }
}

function logTo(file: string): (line: string) => void {
  rmSync(file, { force: true })
  return (line) => writeFileSync(file, `${new Date().toISOString()} ${line}\n`, { flag: 'a' })
}
