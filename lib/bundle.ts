// Bundles the functions with esbuild before synthesis: CDK's own bundling would do it once per function and stack.
import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Metafile } from 'esbuild'
import type { openApi } from '../core/openapi.ts'
import type { Templates } from '../core/render/templates.ts'
import { pastIndexes, plainSchemaKeys, requiredBuiltins, startInOneChunk } from './bundle-plugins.ts'
import type { knownSite } from './site.ts'

/** Each function's entry file; the name is its folder under `dist`. */
export const functionEntries = {
  api: 'lambdas/api.ts',
  reconcile: 'lambdas/reconcile.ts',
  sweep: 'lambdas/sweep.ts',
  preflight: 'lambdas/preflight.ts',
  orphans: 'lambdas/orphans.ts',
  jwks: 'lambdas/jwks.ts',
  notify: 'lambdas/notify.ts',
  measure: 'lambdas/measure.ts',
  accounting: 'lambdas/accounting.ts',
  usage: 'lambdas/usage.ts',
  forward: 'local/provider/forward.ts',
}

/** What lies beside each function's code, by file name; the description of the API lies beside the API's only. */
export type Beside = {
  'templates.json': Templates
  'site.json': ReturnType<typeof knownSite>
  'openapi.json': ReturnType<typeof openApi>
}

/** Writes `<folder>/<function>/index.mjs` with its chunks and what lies beside it, and their Dockerfile. */
export async function bundleFunctions(root: string, beside: Beside, folder: string): Promise<void> {
  for (const [name, entry] of Object.entries(functionEntries)) {
    await bundleFunction(join(root, entry), join(folder, name))
    for (const [file, content] of Object.entries(beside))
      if (file !== 'openapi.json' || name === 'api')
        writeFileSync(join(folder, name, file), JSON.stringify(content))
  }
  copyFileSync(join(root, 'lambdas/Dockerfile'), join(folder, 'Dockerfile'))
}

/** Writes `<folder>/index.mjs` with its chunks, and answers what is in each. */
export async function bundleFunction(entry: string, folder: string): Promise<Metafile> {
  // Chunks are named by their content: old ones would stay and be deployed.
  rmSync(folder, { recursive: true, force: true })
  const { metafile } = await build({
    entryPoints: { index: entry },
    outdir: folder,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // Chunks let a call load only the clients that it uses.
    splitting: true,
    outExtension: { '.js': '.mjs' },
    mainFields: ['module', 'main'],
    banner: { js: requireForCommonJs },
    plugins: [startInOneChunk(entry), plainSchemaKeys, pastIndexes, requiredBuiltins],
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
  })
  return metafile
}

/** CommonJS packages ask for require, which an ES module does not have. */
const requireForCommonJs =
  "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);"
