// A cluster's namespaces (net, mount, pid, uts, ipc) and its process 1; needs root.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { ended, plainEnvironment, type RunOptions, run } from './run.ts'

export type Namespaces = {
  /** Process 1 of the cluster, by the machine's number. */
  pid: number
  unshare: ChildProcess
}

export type Bind = { source: string; target: string; readOnly?: boolean }

const init = readFileSync(new URL('./node-programs/init.sh', import.meta.url), 'utf8')

/** Makes the namespaces and waits until their root file system stands. */
export const openNamespaces = (root: string, hostname: string, binds: Bind[]): Promise<Namespaces> =>
  openWith(
    ['--mount', '--uts', '--ipc', '--net', '--pid'],
    [
      '-c',
      init,
      'init',
      root,
      hostname,
      ...binds.flatMap(({ source, target, readOnly }) => [source, target, readOnly ? 'ro' : 'rw']),
    ],
  )

/**
 * They end with us in three ways: process 1 reads our pipe, it dies with unshare, and unshare dies with the thread
 * that started it. Process 1 is a bash, which tells its number by the machine's count when it is ready.
 */
export async function openWith(kinds: string[], bash: string[]): Promise<Namespaces> {
  const unshare = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', 'unshare', ...kinds, '--fork', '--kill-child', '--', '/bin/bash', ...bash],
    // Detached, so that a Ctrl-C at the terminal reaches us only.
    { env: plainEnvironment, stdio: ['pipe', 'pipe', 'pipe'], cwd: '/', detached: true },
  )
  let errors = ''
  unshare.stderr.on('data', (chunk) => {
    errors += chunk
  })
  unshare.stdin.on('error', () => {})
  const firstLine = new Promise<string>((resolve) => {
    createInterface(unshare.stdout).once('line', resolve)
    unshare.once('close', () => resolve(''))
    unshare.once('error', () => resolve(''))
  })
  const pid = Number(await firstLine)
  if (!pid)
    throw new Error(`The cluster's namespaces could not be made: ${errors.trim() || 'unshare failed'}`)
  return { pid, unshare }
}

/** Runs a program inside, as root of the cluster. */
export const runInside = (
  { pid }: Pick<Namespaces, 'pid'>,
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> =>
  // Its root by name (-r): in a chroot the mount namespace alone would lead to the machine's own.
  run('nsenter', [`--target=${pid}`, '-m', '-u', '-i', '-n', '-p', '-r', '--', program, ...args], {
    ...options,
    env: { ...plainEnvironment, HOME: '/root', ...options.env },
  })

/** Ends everything inside, jobs included: the kernel ends all processes of a pid namespace with its process 1. */
export async function closeNamespaces({ pid, unshare }: Namespaces): Promise<void> {
  if (unshare.exitCode !== null || unshare.signalCode !== null) return
  // unshare waits for process 1, and process 1 for the others: when unshare has ended, nothing is left.
  process.kill(pid, 'SIGKILL')
  await ended(unshare)
}
