// The system's ssh with a key that exists as long as the connection.
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { AppError } from '../core/errors.ts'
import { endedBySignal } from './exit-status.ts'
import { keyFolder } from './private-key.ts'

export type Connection = {
  user: string
  address: string
  port: number
  privateKey: string
  /** Run there instead of a shell. */
  command: readonly string[]
  /** As after `ssh -o`; they win over ours. */
  options: readonly string[]
}

type Environment = Readonly<Record<string, string | undefined>>

/** ssh's exit status. The key is gone when this returns or throws, also when a signal ends the connection. */
export async function runSsh(connection: Connection, env: Environment): Promise<number> {
  let child: ChildProcess | undefined
  // A signal goes to ssh, whose end we wait for. Caught before the key is written: from then on there is no
  // moment at which a signal ends this process at once.
  const pass = (signal: NodeJS.Signals) => child?.kill(signal)
  for (const signal of caught) process.on(signal, pass)
  const folder = keyFolder(connection.privateKey)
  // For an end that no `finally` sees.
  process.once('exit', folder.remove)
  try {
    child = spawn('ssh', sshArguments(connection, folder), { stdio: 'inherit', env })
    return await exitStatusOf(child)
  } finally {
    folder.remove()
    process.off('exit', folder.remove)
    for (const signal of caught) process.off(signal, pass)
  }
}

const caught = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

type Files = { keyFile: string; knownHostsFile: string }

function sshArguments(connection: Connection, { keyFile, knownHostsFile }: Files): string[] {
  const { user, address, port, command, options } = connection
  const ours = [
    // This key and no other: servers end a connection after a few wrong ones.
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    // A deployment has a host key of its own, and addresses are used again: what ~/.ssh knows of one is of no use.
    'StrictHostKeyChecking=accept-new',
    `UserKnownHostsFile=${knownHostsFile}`,
    'GlobalKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
  ]
  return [
    ...[...options, ...ours].flatMap((option) => ['-o', option]),
    ...['-i', keyFile, '-p', String(port), `${user}@${address}`],
    ...(command.length > 0 ? ['--', ...command] : []),
  ]
}

const exitStatusOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('close', (code, signal) =>
      resolve(code ?? endedBySignal(signal ? constants.signals[signal] : 0)),
    )
    child.once('error', (cause) =>
      reject(
        new AppError(
          'Unavailable',
          `ssh cannot be started (${cause.message}). Is OpenSSH's client installed?`,
          {
            cause,
          },
        ),
      ),
    )
  })
