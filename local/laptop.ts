// A laptop as a cloud: emulator, ParallelCluster provider and the deployed app, up together and down together.
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Outputs } from './demo.ts'
import { deploy } from './deploy.ts'
import { installEmulator, startEmulator } from './emulator.ts'
import { checkMachine, installSlurm } from './machine.ts'
import { startProvider } from './provider/server.ts'

export type SiteKind = 'slurm' | 'none'
export type LaptopOptions = {
  root: string
  stateDir: string
  site: SiteKind
  /** A LocalStack that runs already, in place of the embedded emulator. */
  endpointUrl?: string | undefined
  port?: number | undefined
  context?: Record<string, string> | undefined
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
  const stops: (() => Promise<void> | void)[] = [unlock]
  const stop = async () => {
    for (let next = stops.pop(); next; next = stops.pop()) await next()
  }
  try {
    if (site === 'slurm') await installMissing(say)
    const emulator = options.endpointUrl
      ? { endpointUrl: options.endpointUrl, stop: async () => {} }
      : await startEmulator(stateDir, installEmulator(join(root, '.local'), say), options.port)
    stops.push(emulator.stop)
    const { endpointUrl } = emulator
    say(`AWS: ${options.endpointUrl ? 'LocalStack' : 'MiniStack'} at ${endpointUrl}`)

    const token = randomBytes(24).toString('hex')
    const log = logTo(join(stateDir, 'log', 'provider.log'))
    const provider = await startProvider({
      host: '127.0.0.1',
      token,
      endpointUrl,
      region,
      credentials,
      stateDir,
      site,
      log,
    })
    stops.push(provider.stop)
    signal.throwIfAborted()

    say('deploying the CDK app')
    const context = { ...options.context, providerUrl: provider.url, providerToken: token }
    const deployed = await deploy({ root, stateDir, endpointUrl, region, context, signal })
    const outputs = { ...deployed, region, endpointUrl }
    const file = join(stateDir, 'outputs.json')
    stops.push(() => rmSync(file, { force: true }))
    writeFileSync(file, `${JSON.stringify(outputs, null, 2)}\n`, { mode: 0o600 })
    say(`API: ${outputs.apiUrl}`)
    return { outputs, site, stop }
  } catch (error) {
    await stop()
    throw error
  }
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
