// Brings the whole service up once for the end-to-end tests, beside any `npm start` that runs: its own state, port and
// address range.
import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import type { Outputs } from '../../local/demo.ts'
import { type SiteKind, startLaptop } from '../../local/laptop.ts'
import { checkMachine } from '../../local/machine.ts'

declare module 'vitest' {
  interface ProvidedContext {
    outputs: Outputs
    site: SiteKind
    stateDir: string
    clusterRange: string
  }
}

export default async function setup({ provide }: TestProject) {
  const root = join(import.meta.dirname, '..', '..')
  const stateDir = join(root, '.local', 'e2e')
  rmSync(stateDir, { recursive: true, force: true })
  const { advice } = checkMachine()
  if (advice) console.warn(`SKIPPED: what needs real Slurm. ${advice}`)
  const site = advice ? 'none' : 'slurm'
  const say = (line: string) => console.log(`[laptop] ${line}`)
  const context = rangesOf(root)
  const laptop = await startLaptop({
    root,
    stateDir,
    site,
    port: 0,
    context,
    say,
    signal: new AbortController().signal,
  })
  provide('outputs', laptop.outputs)
  provide('site', site)
  provide('stateDir', stateDir)
  provide('clusterRange', context.clusterRange)
  return laptop.stop
}

/** Every checkout has a range of its own, so that two of them may be tested on one machine at the same time. */
function rangesOf(root: string): { vpcCidr: string; clusterRange: string } {
  const [byte = 0] = createHash('sha256').update(root).digest()
  const network = `10.${128 + (byte % 100)}`
  return { vpcCidr: `${network}.0.0/16`, clusterRange: `${network}.128.0/17` }
}
