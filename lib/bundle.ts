// Bundles the functions with esbuild before synthesis: CDK's own bundling would do it once per function and stack.
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'
import type { Templates } from '../core/render/templates.ts'
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

/** What lies beside each function's code, by file name. */
export type Beside = { 'templates.json': Templates; 'site.json': ReturnType<typeof knownSite> }

/** Writes `<folder>/<function>/index.mjs` with its chunks and what lies beside it, and their Dockerfile. */
export async function bundleFunctions(root: string, beside: Beside, folder: string): Promise<void> {
  for (const [name, entry] of Object.entries(functionEntries)) {
    await bundleFunction(join(root, entry), join(folder, name))
    for (const [file, content] of Object.entries(beside))
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
    banner: { js: requireForCommonJs + zodWithoutCode },
    plugins: [plainSchemaKeys, requiredBuiltins],
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
  })
  return metafile
}

/** CommonJS packages ask for require, which an ES module does not have. */
const requireForCommonJs =
  "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);"

/**
 * zod's `config({ jitless: true })`, before the first schema is made: it would write and compile code for each schema at its
 * first use, which a cold start pays for and no function of ours uses often enough to earn back.
 */
const zodWithoutCode = '(globalThis.__zod_globalConfig??={}).jitless=!0;'

/**
 * The SDK's schemas name their keys by constants (`[_xN]: …`), which esbuild must keep because it cannot know that they
 * are plain text. Written out, the unused ones fall away: of EC2's, half a megabyte.
 */
const plainSchemaKeys: Plugin = {
  name: 'plain-schema-keys',
  setup({ onLoad }) {
    onLoad({ filter: /client-[a-z0-9-]+\/dist-es\/schemas\/schemas_0\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      const constants = new Map(
        Array.from(text.matchAll(/^const (_\w+) = ("[^"\n]*");$/gm), ([, name, value]) => [name, value]),
      )
      const contents = text.replace(/\[(_\w+)\]:/g, (key, name) =>
        constants.has(name) ? `${constants.get(name)}:` : key,
      )
      return { contents, loader: 'js' }
    })
  },
}

/**
 * Node's own modules by require. An import reads every name that a module exports: of node:http that is WebSocket too, and
 * with it all of fetch, which costs a cold start some twenty milliseconds.
 */
const requiredBuiltins: Plugin = {
  name: 'required-builtins',
  setup({ onResolve, onLoad }) {
    const builtin = new RegExp(`^(node:.*|${builtinModules.join('|')})$`)
    onResolve({ filter: builtin }, ({ path, kind }) =>
      kind === 'require-call' ? { path, external: true } : { path, namespace: 'builtin' },
    )
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
    }))
  },
}
