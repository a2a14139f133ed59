// What a cold start reads: sizes and contents, not times. bench/ has the times.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Metafile } from 'esbuild'
import { afterAll, describe, expect, it } from 'vitest'
import { bundleFunction, functionEntries } from '../../lib/bundle.ts'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'bundle-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Output = Metafile['outputs'][string]

/** The chunks of a function that are loaded before its first request: what imports lead to that are not `import()`. */
function atStart({ outputs }: Metafile): Output[] {
  const found = new Map<string, Output>()
  const follow = (path: string) => {
    const output = outputs[path]
    if (!output || found.has(path)) return
    found.set(path, output)
    for (const { path, kind } of output.imports) if (kind === 'import-statement') follow(path)
  }
  follow(Object.keys(outputs).find((path) => basename(path) === 'index.mjs') ?? '')
  return [...found.values()]
}

const inputsOf = (outputs: Output[]): string[] =>
  outputs.flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path),
  )
const kilobytes = (outputs: Output[]): number => outputs.reduce((sum, { bytes }) => sum + bytes, 0) / 1000
const bundle = (name: keyof typeof functionEntries): Promise<Metafile> =>
  bundleFunction(join(root, functionEntries[name]), join(folder, name))

describe("the API's function", async () => {
  const made = await bundle('api')
  const start = atStart(made)
  const inputs = inputsOf(start)

  it('starts with its own verbs and the client of DynamoDB', () => {
    for (const one of ['core/verbs/get-cluster.ts', 'aws/records.ts', '@aws-sdk/client-dynamodb/'])
      expect(inputs.filter((path) => path.includes(one))).not.toEqual([])
  })

  it.each([
    ['no client of another service', /@aws-sdk\/client-(?!dynamodb\/)/],
    [
      'no credentials but those of its environment',
      /credential-provider-(ini|sso|process|http|web-identity|login|imds)\//,
    ],
    ['no database', /mysql2|database\//],
    ['nothing of CDK', /aws-cdk-lib|constructs|(^|\/)lib\/(?!bundle)[a-z-]+\.ts$/],
    ['no YAML', /node_modules\/yaml\//],
    ["none of ParallelCluster's rules", /core\/pcluster\//],
    ["none of zod's large dialect", /zod\/v4\/classic/],
    ['no preview of updates', /update-preview/],
    ['no making of OpenAPI', /core\/openapi|zod\/v4\/core\/(to-json-schema|json-schema-processors)/],
    [
      'no contract but of what reads clusters',
      /core\/(contract|wish|plan-answers|pcluster-|orphans|preflight)/,
    ],
    ['no writing to tables', /aws\/(commit|audit|operations)\.ts/],
    ['no protocol but that of DynamoDB', /protocols\/(xml|query)\//],
    ['no key format', /micro-key-producer/],
    [
      'none of what only writes',
      /core\/(verbs\/(create|update|delete|extend|rotate)|plan|render\/stack-template)/,
    ],
    ['no facts of instance types', /instance-types\.json/],
    ["no language of zod's but one", /zod\/v4\/locales\/(?!en\.)/],
  ])('starts with %s', (_what, unwanted) => {
    expect(inputs.filter((path) => unwanted.test(path) && !path.includes('nested-clients'))).toEqual([])
  })

  it('starts with at most 310 kB, of 1,150, in three files', () => {
    expect(kilobytes(start)).toBeLessThan(310)
    expect(kilobytes(Object.values(made.outputs))).toBeLessThan(1150)
    expect(start.length).toBeLessThanOrEqual(3)
  })

  it('has no code written and compiled for its schemas: it would be at each cold start', () => {
    const program = `let made = 0
      const there = Function
      globalThis.Function = new Proxy(there, { construct: (...call) => (made++, Reflect.construct(...call)) })
      await import(${JSON.stringify(join(folder, 'api', 'index.mjs'))})
      console.log(made)`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(stdout.trim()).toBe('0')
  })

  it('is told of in full: what is measured is what is written', () => {
    for (const [path, { bytes }] of Object.entries(made.outputs))
      expect(statSync(join(folder, 'api', basename(path))).size).toBe(bytes)
  })
})

describe('each function', () => {
  const names = Object.keys(functionEntries) as (keyof typeof functionEntries)[]

  // What is loaded later imports the function again: one that waited for it at its top level would wait for ever.
  it.each(names)('%s loads by itself', async (name) => {
    await bundle(name)
    const program = `const { handler } = await import(${JSON.stringify(join(folder, name, 'index.mjs'))})
      console.log(typeof handler)`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    })
    expect(stderr).toBe('')
    expect(stdout.trim()).toBe('function')
  })

  it.each(names)('%s starts in three files at most', async (name) => {
    expect(atStart(await bundle(name)).length).toBeLessThanOrEqual(3)
  })
})

it.each(['api', 'reconcile', 'accounting'] as const)(
  "%s imports none of Node's modules, which would read all that they export",
  async (name) => {
    const { outputs } = await bundle(name)
    const imported = Object.values(outputs).flatMap(({ imports }) =>
      imports.filter(({ external, kind }) => external && kind !== 'require-call').map(({ path }) => path),
    )
    expect(imported).toEqual([])
  },
)
