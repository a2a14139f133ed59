#!/usr/bin/env node
// The entry of the CLI: plain JavaScript that any Node from 18 on can run. The CLI itself is TypeScript, which needs a
// Node that strips types (22.18); where this one does not, the package's own Node takes over.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const inPackage = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))

if (process.features.typescript) {
  // Parsing and stripping once, not at each start. In the package's own folder, which nobody else can write to.
  nodeModule.enableCompileCache?.(inPackage('node_modules/.cache/node-compile'))
  const { main } = await import('../cli/main.ts')
  await main(process.argv.slice(2))
} else runWith(inPackage('node_modules/.bin/node'))

function runWith(node) {
  if (!existsSync(node)) {
    console.error(
      `hpc-provisioner: Node ${process.versions.node} is too old: use 22.18 or newer, or run "npm ci" in ${inPackage('')}`,
    )
    process.exitCode = 1
    return
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  // The child decides what a signal means and cleans up; this process only waits for it.
  const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of forwarded) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`hpc-provisioner: ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1))
  })
}
