// The Slurm and SSH daemons of one laptop's clusters, in whatever namespace; other laptops may run beside it.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const daemonNames = new Set([
  ...['slurmctld', 'slurmdbd', 'slurmd', 'slurmstepd', 'slurmrestd'],
  ...['munged', 'sshd'],
])

export type Daemon = { pid: number; name: string }

/** By the state folder of the laptop. */
export function daemonsOf(stateDir: string): Daemon[] {
  const args = ['--noheadings', '--target', stateDir, '--output', 'FSROOT,TARGET']
  const [fsRoot = '', target = ''] = execFileSync('findmnt', args, { encoding: 'utf8' }).trim().split(/\s+/)
  const inMounts = join(fsRoot, relative(target, stateDir))
  return processes()
    .map((pid) => ({ pid, name: processFile(pid, 'comm').trim() }))
    .filter(
      ({ pid, name }) =>
        daemonNames.has(name) &&
        // As root the root file system tells; an ordinary user's daemons are told their folder.
        (processFile(pid, 'mountinfo').includes(inMounts) || processFile(pid, 'cmdline').includes(stateDir)),
    )
}

/** Processes that this one started, by the kernel's word. */
export const childrenOf = (parent: number): number[] =>
  // The name, in parentheses, may hold anything; behind it come the state and the parent.
  processes().filter((pid) => Number(processFile(pid, 'stat').split(') ').at(-1)?.split(' ')[1]) === parent)

const processes = (): number[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)

function processFile(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    // It ended in between.
    return ''
  }
}
