// ParallelCluster's own validator over the same configurations, installed into .local/ where it is not yet.
import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Configurations } from './configurations.ts'

export type RealFigures = { importing: number; first: number; warm: number; each: number }

const limitSeconds = { install: 300, run: 180 }
const root = join(import.meta.dirname, '..')

/** Milliseconds, or why there are none, in one line. */
export function realFigures(
  { typical, all }: Configurations,
  version: string,
  folder: string,
): RealFigures | string {
  try {
    const lines = join(folder, 'configurations.jsonl')
    writeFileSync(lines, [typical, ...all].map((yaml) => JSON.stringify({ yaml })).join('\n'))
    const script = join(import.meta.dirname, 'validate-real.py')
    const output = execFileSync(installed(version), [script, lines], {
      encoding: 'utf8',
      timeout: limitSeconds.run * 1000,
    })
    return JSON.parse(output) as RealFigures
  } catch (problem) {
    return `ParallelCluster itself is skipped: ${String((problem as Error).message).split('\n', 1)[0]}`
  }
}

/** Python with aws-parallelcluster. A folder that pip did not finish is made anew. */
function installed(version: string): string {
  const venv = join(root, '.local', 'parallelcluster')
  const python = join(venv, 'bin', 'python')
  if (existsSync(join(venv, 'bin', 'pcluster'))) return python
  rmSync(venv, { recursive: true, force: true })
  const timeout = limitSeconds.install * 1000
  execFileSync('python3', ['-m', 'venv', venv], { stdio: 'pipe', timeout })
  const packages = ['install', '--quiet', `aws-parallelcluster==${version}`]
  execFileSync(python, ['-m', 'pip', ...packages], { stdio: 'pipe', timeout })
  return python
}
