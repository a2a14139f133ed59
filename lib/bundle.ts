// Bundles the functions with esbuild before synthesis: CDK's own bundling would do it once per function and stack.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import type { Templates } from '../core/templates.ts'

/** Each function's entry file; the name is its folder under `dist`. */
const entries = {
  api: 'lambdas/api.ts',
  reconcile: 'lambdas/reconcile.ts',
  sweep: 'lambdas/sweep.ts',
  forward: 'local/provider/forward.ts',
}

/** Writes `dist/<function>/index.mjs` with its chunks and the templates, and answers the folder. */
export function bundleFunctions(root: string, templates: Templates): string {
  const dist = join(root, 'dist')
  for (const [name, entry] of Object.entries(entries)) {
    const outdir = join(dist, name)
    // Chunks are named by their content: old ones would stay and be deployed.
    rmSync(outdir, { recursive: true, force: true })
    buildSync({
      entryPoints: { index: join(root, entry) },
      outdir,
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      // Chunks let a call load only the clients that it uses.
      splitting: true,
      outExtension: { '.js': '.mjs' },
      mainFields: ['module', 'main'],
      // CommonJS packages ask for require, which an ES module does not have.
      banner: {
        js: "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);",
      },
      legalComments: 'none',
      logLevel: 'error',
    })
    writeFileSync(join(outdir, 'templates.json'), JSON.stringify(templates))
  }
  return dist
}
