// What makes bundles small, and their starts, beyond what esbuild does by itself.
import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname } from 'node:path'
import type { Plugin } from 'esbuild'

/**
 * One chunk for all that is there from the start. esbuild puts modules together that the same entries lead to, and what is
 * loaded later is an entry, too: dozens of chunks for a start to find. Here each of those imports the function, which is
 * there by then, so that whatever it starts with is led to by all.
 */
export const startInOneChunk = (entry: string): Plugin => ({
  name: 'start-in-one-chunk',
  setup({ onResolve, onLoad, resolve }) {
    const namespace = 'loaded-later'
    onResolve({ filter: /.*/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (kind !== 'dynamic-import' || pluginData === namespace) return undefined
      const found = await resolve(path, { kind, importer, resolveDir, pluginData: namespace })
      const isModule = found.namespace === 'file' && !found.external && /\.(ts|js)$/.test(found.path)
      return isModule ? { path: found.path, namespace } : found
    })
    onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `import ${JSON.stringify(entry)}\nexport * from ${JSON.stringify(path)}`,
      resolveDir: dirname(path),
    }))
  },
})

/**
 * The SDK's modules import from indexes, and to esbuild an index leads to all that it names: XML for a client that speaks
 * JSON, if a client that is loaded later speaks it. Here they import from the modules themselves.
 */
export const pastIndexes: Plugin = {
  name: 'past-indexes',
  setup({ onLoad, resolve }) {
    const find = async (from: string, resolveDir: string) =>
      (await resolve(from, { kind: 'import-statement', resolveDir })).path
    onLoad({ filter: /node_modules\/@(aws-sdk|smithy)\/.*\.js$/ }, async ({ path }) => {
      const statements = readFileSync(path, 'utf8').split(/(?<=;)\n/)
      const direct = statements.map(async (statement) => {
        const [, names, from] =
          /^import \{([^}]*)\} from "(@(?:aws-sdk|smithy)\/[^"]+)";$/.exec(statement) ?? []
        if (!names || !from) return statement
        const index = await find(from, dirname(path))
        const imports = namesIn(names).map(async ([name, local]) => {
          const { file, name: there } = await definedIn(index, name, find)
          return `import { ${there} as ${local} } from ${JSON.stringify(file)};`
        })
        return (await Promise.all(imports)).join('\n')
      })
      return { contents: (await Promise.all(direct)).join('\n'), loader: 'js' }
    })
  },
}

type Find = (from: string, resolveDir: string) => Promise<string>

/** The module that an index has a name from, and the name there; the file itself where it is no index, or does not say. */
async function definedIn(file: string, name: string, find: Find): Promise<{ file: string; name: string }> {
  for (const [, names, from] of readFileSync(file, 'utf8').matchAll(/^export \{([^}]*)\} from "([^"]+)";$/gm))
    for (const [there, exported] of namesIn(names))
      if (exported === name && from) return definedIn(await find(from, dirname(file)), there, find)
  return { file, name }
}

/** `a, b as c` as pairs: the name there, and the name here. */
const namesIn = (names = ''): [string, string][] =>
  names
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)
    .map((one) => {
      const [there = one, here = there] = one.split(' as ')
      return [there, here]
    })

/**
 * The SDK's schemas name their keys by constants (`[_xN]: …`), which esbuild must keep because it cannot know that they
 * are plain text. Written out, the unused ones fall away: of EC2's, half a megabyte.
 */
export const plainSchemaKeys: Plugin = {
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
export const requiredBuiltins: Plugin = {
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
