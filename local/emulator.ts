// The embedded AWS emulator: installed into a virtual environment of the project's own, one process on loopback.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { findProgram } from './machine.ts'

export type Emulator = { endpointUrl: string; pid?: number | undefined; stop: () => Promise<void> }

const requirements = new URL('./requirements.txt', import.meta.url)

/** Installs the emulator where it is missing or of another version; answers the folder of its programs. */
export function installEmulator(stateDir: string, progress: (line: string) => void): string {
  const venv = join(stateDir, 'venv')
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex')
  const stamp = join(venv, '.installed')
  if (!(existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted)) {
    progress('installing the emulator from PyPI')
    run(
      'python3',
      ['-m', 'venv', '--clear', venv],
      'Install Python 3.10 or newer with venv (Debian: apt-get install python3-venv).',
    )
    run(
      join(venv, 'bin', 'pip'),
      ['install', '--quiet', '--disable-pip-version-check', '-r', requirements.pathname],
      'The Python package index must be reachable.',
    )
    writeFileSync(stamp, wanted)
  }
  return join(venv, 'bin')
}

function run(command: string, args: string[], advice: string): void {
  const { status, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status === 0) return
  const last = stderr?.trim().split('\n').at(-1) ?? error?.message ?? ''
  throw new Error(`${command} ${args[0]} failed: ${last} ${advice}`)
}

/**
 * Starts the emulator with a state of its own that ends with it, unless it `keepsState`: then it writes it down at its end,
 * and begins with it. IAM is enforced as in AWS.
 */
export async function startEmulator(
  stateDir: string,
  programs: string,
  port?: number,
  keepsState = false,
): Promise<Emulator> {
  const gatewayPort = await freePort(port ?? 4566)
  const endpointUrl = `http://127.0.0.1:${gatewayPort}`
  mkdirSync(join(stateDir, 'log'), { recursive: true })
  const log = openSync(join(stateDir, 'log', 'emulator.log'), 'w')
  const { AWS_ENDPOINT_URL: _endpoint, AWS_PROFILE: _profile, ...environment } = process.env
  // Where Linux can tell it, it ends with us even when we are killed.
  const setpriv = findProgram('setpriv')
  const emulator = join(programs, 'ministack')
  const [command, args] = setpriv ? [setpriv, ['--pdeathsig', 'TERM', emulator]] : [emulator, []]
  const child = spawn(command, args, {
    // A group of its own, so that its function processes go with it and a Ctrl-C reaches it through us only.
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      ...environment,
      GATEWAY_PORT: String(gatewayPort),
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      AUTH: 'true',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      ...(keepsState ? stateIn(join(stateDir, 'aws')) : {}),
    },
  })
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  const stop = async () => {
    signalGroup(child.pid, 'SIGTERM')
    await Promise.race([exited, sleep(5000, undefined, { ref: false })])
    signalGroup(child.pid, 'SIGKILL')
    await exited
  }
  for (let tries = 0; tries < 100; tries++) {
    if (child.exitCode !== null) break
    const answer = await fetch(`${endpointUrl}/_ministack/health`).catch(() => undefined)
    if (answer?.ok) return { endpointUrl, pid: child.pid, stop }
    await sleep(100)
  }
  await stop()
  throw new Error(`The emulator did not start: see ${join(stateDir, 'log', 'emulator.log')}.`)
}

const stateIn = (folder: string) => ({
  PERSIST_STATE: '1',
  STATE_DIR: folder,
  S3_PERSIST: '1',
  S3_DATA_DIR: join(folder, 's3'),
})

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid) process.kill(-pid, signal)
  } catch {
    // Nobody of the group is left.
  }
}

/** The wanted port where nobody listens on it, else any. */
export function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', () => (wanted === 0 ? reject(new Error('no port is free')) : resolve(freePort(0))))
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
