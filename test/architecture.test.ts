// Who may import whom, read from the text of the source: imports of types alone vanish when it runs.
import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, normalize, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const filesOf = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|js|mjs)$/.test(path) && !path.includes('node_modules'))
    .map((path) => join(folder, path))
    .sort()
const textOf = (file: string) => readFileSync(join(root, file), 'utf8')

// import x from 'y', import 'y', import type, export from, import('y') and require('y').
const patterns = [
  /\bfrom\s*['"]([\w@:./-]+)['"]/g,
  /\bimport\s*\(?\s*['"]([\w@:./-]+)['"]/g,
  /\brequire\(\s*['"]([\w@:./-]+)['"]/g,
]

/** What the text imports: files of ours by their path, built-in modules with `node:`, packages by their name. */
const importsOf = (file: string, text: string): string[] =>
  patterns
    .flatMap((pattern) => [...text.matchAll(pattern)].map(([, what = '']) => what))
    .map((what) => {
      if (what.startsWith('.')) return relative(root, normalize(join(root, dirname(file), what)))
      if (what.startsWith('node:') || builtinModules.includes(what))
        return `node:${what.replace('node:', '')}`
      return what
        .split('/')
        .slice(0, what.startsWith('@') ? 2 : 1)
        .join('/')
    })

const node = /^node:/
const aPackage = /^(?!node:)(@[^/]+\/)?[^/.]+$/
const rules: Record<string, (string | RegExp)[]> = {
  core: [/^core\//, 'zod', 'yaml', 'micro-key-producer', 'node:crypto'],
  aws: [/^aws\//, /^core\//, /^@aws-sdk\//, 'ulid', 'node:timers/promises'],
  // The accounting database: SQL, and nothing of AWS.
  database: [/^database\//, /^core\//, 'mysql2', 'node:stream'],
  lambdas: [
    /^lambdas\//,
    /^core\//,
    /^aws\//,
    /^database\//,
    '@middy/core',
    '@aws-lambda-powertools/metrics',
    'aws-lambda',
    'node:fs',
  ],
  lib: [/^lib\//, /^core\//, 'aws/tables.ts', 'aws-cdk-lib', 'cdk-nag', 'constructs', 'esbuild', node],
  // Of core, the contract and the schemas that it is made of.
  cli: [
    /^cli\//,
    'core/contract.ts',
    'core/answers.ts',
    'core/plan-answers.ts',
    'core/error-body.ts',
    'core/zod.ts',
    'core/cluster.ts',
    'core/shape/tier.ts',
    'core/preflight/report.ts',
    'core/orphans/report.ts',
    'core/errors.ts',
    'core/names.ts',
    // What the offline commands run on this machine, loaded by them only.
    'core/plan.ts',
    'core/site.ts',
    'core/slurm-rest.ts',
    'core/shape/tiers.ts',
    /^core\/pcluster\//,
    'lib/read-templates.ts',
    'core/shape/resources.ts',
    'core/shape/slurm-time.ts',
    'package.json',
    aPackage,
    node,
  ],
  local: [/^local\//, /^core\//, 'cli/client.ts', aPackage, node],
  bin: [/^bin\//, /^lib\//, /^cli\//, /^local\//, 'core/openapi.ts', 'aws-cdk-lib', node],
}
const allows = (rule: (string | RegExp)[], what: string) =>
  rule.some((one) => (typeof one === 'string' ? one === what : one.test(what)))

describe('imports', () => {
  it.each(Object.entries(rules))('of %s/ are of what it may know', (folder, rule) => {
    const files = filesOf(folder)
    expect(files.length).toBeGreaterThan(0)
    const strangers = files.flatMap((file) =>
      importsOf(file, textOf(file))
        .filter((what) => !allows(rule, what))
        .map((what) => `${file} imports ${what}`),
    )
    expect(strangers).toEqual([])
  })

  it.each([
    ["import x from 'left'", 'left'],
    ["import 'left'", 'left'],
    ["import type { X } from '@a/left/deep.js'", '@a/left'],
    ["export * from '../aws/cloud.ts'", 'aws/cloud.ts'],
    ["const x = await import('fs')", 'node:fs'],
    ["import {\n  a,\n} from\n  '../lambdas/api.ts'", 'lambdas/api.ts'],
    ["require('left')", 'left'],
  ])('are seen in %j', (text, what) => {
    expect(importsOf('core/some.ts', text)).toEqual([what])
  })
})

describe('files', () => {
  it.each([...Object.keys(rules).map((folder) => [folder, 250] as const), ['test', 300] as const])(
    'of %s/ have at most %i lines',
    (folder, limit) => {
      expect(filesOf(folder).filter((file) => textOf(file).trimEnd().split('\n').length > limit)).toEqual([])
    },
  )

  it('read the environment in one place only', () => {
    const readers = ['core', 'aws', 'lambdas']
      .flatMap(filesOf)
      .filter((file) => textOf(file).includes('process.env'))
    expect(readers).toEqual(['lambdas/middleware/env.ts'])
  })

  it('have zod from one place, which says what it is like', () => {
    const users = Object.keys(rules)
      .flatMap(filesOf)
      .filter((file) => importsOf(file, textOf(file)).includes('zod'))
    expect(users).toEqual(['core/pcluster/zod-types.ts', 'core/zod.ts'])
  })

  it('of the domain have no clock and no environment of their own', () => {
    const clocks = /\bnew Date\(\)|\bDate\.now\(|\bMath\.random\(|\bsetTimeout\(|\bprocess\./
    expect(filesOf('core').filter((file) => clocks.test(textOf(file)))).toEqual([])
  })

  it('name errors of AWS in aws/ only', () => {
    const names = /\b(ThrottlingException|ResourceNotFoundException|ConditionalCheckFailed|ValidationError)\b/
    expect(['core', 'lambdas'].flatMap(filesOf).filter((file) => names.test(textOf(file)))).toEqual([])
  })
})
