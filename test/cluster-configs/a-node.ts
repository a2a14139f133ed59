// Runs bash programs on a pretended node, see node.sh.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect } from 'vitest'

export const scripts = join(import.meta.dirname, '../../cluster-configs/scripts')
const isolation = ['--mount', '--pid', '--net', '--uts', '--fork', '--mount-proc']

const has = (...command: [string, ...string[]]) => spawnSync(command[0], command.slice(1)).status === 0

/** Why there can be no pretended node here; empty where there can. */
const noNodeHere = process.getuid?.()
  ? 'only root can make namespaces'
  : has('unshare', ...isolation, 'true')
    ? ''
    : 'this machine gives no namespaces'

/** The node's scripts are in /scripts. */
export function onNode(program: string): { status: number | null; stdout: string; stderr: string } {
  const command = [...isolation, 'bash', join(import.meta.dirname, 'node.sh'), scripts]
  const { status, stdout, stderr } = spawnSync('unshare', command, { input: program, encoding: 'utf8' })
  return { status, stdout, stderr }
}

export const hasCommand = (name: string): boolean => has('sh', '-c', `command -v ${name}`)

/** What a program that succeeds without complaint prints. */
export function run(program: string): string {
  const { status, stdout, stderr } = onNode(program)
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return stdout.trimEnd()
}

/** Tests that need a pretended node; where there can be none they say why. The time is for a busy machine. */
export const describeOnNode = (what: string, tests: () => void): void => {
  const why = noNodeHere && ` (skipped: ${noNodeHere})`
  describe.skipIf(noNodeHere)(`${what} on a node${why}`, { timeout: 120_000 }, tests)
}

export const key = (letter: string): string => `AAAAC3NzaC1lZDI1NTE5AAAAI${letter.repeat(43)}`
export const users = `/scripts/users.sh sim 5000 5000 ${key('a')}`

/** Where ParallelCluster's images have their own AWS CLI; what stands for it there is found and nothing else. */
export const awsCli = '/opt/parallelcluster/pyenv/versions/3.12/envs/cookbook_virtualenv/bin'
