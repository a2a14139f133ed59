// Runs programs. Arguments are never read by a shell.
import { type ChildProcess, spawn } from 'node:child_process'

export type RunOptions = {
  env?: Record<string, string>
  /** Ends the program, and the wait for it. */
  signal?: AbortSignal | undefined
  timeoutSeconds?: number
}

/** The environment of everything that runs in a cluster: nothing of the caller's. */
export const plainEnvironment = {
  PATH: '/opt/slurm/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
}

/** What the program printed. Throws with the last line of its standard error when it fails. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: options.env ?? plainEnvironment,
      stdio: ['ignore', 'pipe', 'pipe'],
      killSignal: 'SIGKILL',
      ...(options.signal ? { signal: options.signal } : {}),
      timeout: (options.timeoutSeconds ?? 60) * 1000,
    })
    let output = ''
    let errors = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.stderr.on('data', (chunk) => {
      errors = `${errors}${chunk}`.slice(-4096)
    })
    child.on('error', reject)
    const settle = (code: number | null, signal: string | null) =>
      code === 0 ? resolve(output) : reject(new ProgramFailed(program, code ?? signal, errors))
    child.on('close', settle)
    // A daemon that the program left behind may hold its output open, and 'close' would never come.
    child.on('exit', (code, signal) => setTimeout(settle, 500, code, signal))
  })
}

export class ProgramFailed extends Error {
  readonly lastLine: string

  constructor(program: string, end: number | string | null, errors: string) {
    const lastLine = errors.trimEnd().split('\n').at(-1) ?? ''
    super(`${program.split('/').at(-1)} ended with ${end}${lastLine ? `: ${lastLine}` : ''}`)
    this.name = 'ProgramFailed'
    this.lastLine = lastLine
  }
}

/** Resolves when the process has ended; at once if it has already. */
export const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
  })

/** Asks every `stepSeconds` until the answer is yes. Throws the message after the limit. */
export async function until(
  isSo: () => Promise<boolean>,
  limit: { seconds: number; message: string; stepSeconds?: number; signal?: AbortSignal | undefined },
): Promise<void> {
  const giveUpAt = Date.now() + limit.seconds * 1000
  while (!(await isSo())) {
    limit.signal?.throwIfAborted()
    if (Date.now() > giveUpAt) throw new Error(limit.message)
    await new Promise((resolve) => setTimeout(resolve, (limit.stepSeconds ?? 0.05) * 1000))
  }
}
