// A laptop of the soak's own, whose emulator and provider can be ended and started again while all else goes on.
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Outputs } from '../../local/demo.ts'
import { type Emulator, freePort, startEmulator } from '../../local/emulator.ts'
import { type SiteKind, startLaptop } from '../../local/laptop.ts'
import type { Provider, ProviderOptions } from '../../local/provider/server.ts'

export type Place = {
  outputs: Outputs
  site: SiteKind
  stateDir: string
  /** Of the emulator as it runs now. */
  emulatorPid: () => number
  restartEmulator: () => Promise<void>
  /** Kills it without a word, and starts it again. */
  killProvider: () => Promise<void>
  stop: () => Promise<void>
}

export type PlaceOptions = {
  root: string
  stateDir: string
  site: SiteKind
  /** The prefix length of a cluster's subnet: 24 leaves room for 128 clusters, 25 for 256. */
  slotPrefix: number
  say: (line: string) => void
  signal: AbortSignal
}

// Beside the ranges of `npm start` and of the end-to-end tests.
const network = '10.229'

export async function startPlace({ slotPrefix, ...options }: PlaceOptions): Promise<Place> {
  const { stateDir, site } = options
  rmSync(stateDir, { recursive: true, force: true })
  let emulator: Emulator | undefined
  let again: () => Promise<Emulator> = () => Promise.reject(new Error('the emulator has not been started'))
  let provider: { kill: () => Promise<void>; start: () => Promise<void> } | undefined
  const laptop = await startLaptop({
    ...options,
    port: 0,
    context: {
      vpcCidr: `${network}.0.0/16`,
      clusterRange: `${network}.128.0/17`,
      slotPrefix: String(slotPrefix),
    },
    parts: {
      startEmulator: async (folder, programs, port) => {
        emulator = await startEmulator(folder, programs, port, true)
        const { endpointUrl } = emulator
        again = () => startEmulator(folder, programs, Number(new URL(endpointUrl).port), true)
        return { endpointUrl, stop: async () => emulator?.stop() }
      },
      startProvider: async (providerOptions) => {
        const started = await providerProcess(providerOptions)
        provider = started
        return started
      },
    },
  })
  return {
    outputs: laptop.outputs,
    ...{ site, stateDir, stop: laptop.stop },
    emulatorPid: () => emulator?.pid ?? 0,
    restartEmulator: async () => {
      await emulator?.stop()
      emulator = await again()
      if (emulator.endpointUrl !== laptop.outputs.endpointUrl)
        throw new Error(`The emulator came back at ${emulator.endpointUrl}: its port was taken meanwhile.`)
    },
    killProvider: async () => {
      await provider?.kill()
      await provider?.start()
    },
  }
}

const program = fileURLToPath(new URL('./provider-process.ts', import.meta.url))

async function providerProcess({ log: _log, ...options }: ProviderOptions) {
  const port = await freePort(0)
  let running = await start()
  async function start() {
    // A group of its own: a Ctrl-C at the terminal reaches it through us only.
    const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.stdin.on('error', () => {})
    child.stdin.write(`${JSON.stringify({ ...options, port })}\n`)
    const url = await Promise.race([
      new Promise<string>((resolve) => child.stdout.once('data', (chunk) => resolve(String(chunk).trim()))),
      ended.then(() => ''),
    ])
    if (!url) throw new Error(`The provider did not start: see ${options.stateDir}/log/provider.log.`)
    return { child, ended, url }
  }
  return {
    ...({ url: running.url, site: options.site } satisfies Omit<Provider, 'stop'>),
    stop: async () => {
      running.child.stdin.end()
      await running.ended
    },
    kill: async () => {
      running.child.kill('SIGKILL')
      await running.ended
    },
    start: async () => {
      running = await start()
    },
  }
}
