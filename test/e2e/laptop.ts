// Brings the whole service up once for the end-to-end tests, beside any `npm start` that runs: its own state, port and
// address range.
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
  const context = { vpcCidr: '10.232.0.0/16', clusterRange: '10.232.128.0/17' }
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
  return laptop.stop
}
