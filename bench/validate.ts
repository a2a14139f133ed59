// How long a validation takes warm and what it adds to a cold start, beside ParallelCluster itself (its schema alone).
// A part of `npm run bench`; alone: `node bench/validate.ts [--no-real] [--json]`.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { description } from '../core/pcluster/description.ts'
import { readYaml } from '../core/pcluster/read-yaml.ts'
import { validate } from '../core/pcluster/validate.ts'
import { type Configurations, someConfigurations } from './configurations.ts'
import { markdown, type Section } from './section.ts'
import { median } from './statistics.ts'
import { type RealFigures, realFigures } from './validate-real.ts'

type Ours = { text: number; tree: number; each: number } & ColdStart
type ColdStart = { libraries: number; importing: number; yaml: number; first: number; added: number }
export type Validation = {
  source: string
  lines: number
  configurations: number
  ours: Ours
  real: RealFigures | string
}

const coldScript = `
  import { readFileSync } from 'node:fs'
  const text = readFileSync(process.argv[2], 'utf8')
  const times = [performance.now()]
  const mark = () => times.push(performance.now())
  const run = async () => {
    await Promise.all([import('../core/zod.ts'), import('yaml')])
    mark()
    const { validate } = await import('../core/pcluster/validate.ts')
    mark()
    const { readYaml } = await import('../core/pcluster/read-yaml.ts')
    const { tree } = readYaml(text)
    mark()
    validate(tree)
    mark()
    const [a, b, c, d, e] = times
    console.log(JSON.stringify({ libraries: b - a, importing: c - b, yaml: d - c, first: e - d, added: c - b + e - d }))
  }
  run()
`

export async function measureValidation({ real }: { real: boolean }): Promise<Validation> {
  const folder = mkdtempSync(join(tmpdir(), 'validate-'))
  try {
    const configurations = await someConfigurations()
    const { source, typical, all } = configurations
    return {
      source,
      lines: typical.trimEnd().split('\n').length,
      configurations: all.length,
      ours: { ...warm(configurations), ...(await coldStart(typical, folder)) },
      real: real
        ? realFigures(configurations, description.version, folder)
        : 'ParallelCluster itself was not asked for.',
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function warm({ typical, all }: Configurations) {
  const { tree } = readYaml(typical)
  const samples = (run: () => void) => Array.from({ length: 300 }, () => milliseconds(run))
  const settled = (run: () => void) => median(samples(run) && samples(run))
  const text = settled(() => validate(typical))
  return {
    text,
    tree: settled(() => validate(tree as object)),
    each: milliseconds(() => all.map((one) => validate(one))) / all.length,
  }
}

/** A new process each time; the libraries, which the API has loaded before, are in it and counted apart. */
async function coldStart(typical: string, folder: string): Promise<ColdStart> {
  const script = join(folder, 'cold.cjs')
  const file = join(folder, 'typical.yaml')
  writeFileSync(file, typical)
  await build({
    stdin: { contents: coldScript, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minify: true,
    outfile: script,
    logLevel: 'error',
  })
  const runs = Array.from(
    { length: 11 },
    () => JSON.parse(execFileSync(process.execPath, [script, file], { encoding: 'utf8' })) as ColdStart,
  )
  const of = (name: keyof ColdStart) => median(runs.map((run) => run[name]))
  return {
    libraries: of('libraries'),
    importing: of('importing'),
    yaml: of('yaml'),
    first: of('first'),
    added: of('added'),
  }
}

function milliseconds(run: () => void): number {
  const start = performance.now()
  run()
  return performance.now() - start
}

export function validationSection({ source, lines, configurations, ours, real }: Validation): Section {
  const theirs = typeof real === 'string' ? undefined : real
  const row = (what: string, our: number, their: number | undefined, goal = '') => [
    what,
    our,
    their ?? '',
    goal,
  ]
  return {
    title: 'Validation, in milliseconds',
    note: [`Configurations ${source}.`, ...(typeof real === 'string' ? [real] : [])].join(' '),
    head: ['what', 'ours', 'ParallelCluster (schema alone)', 'goal'],
    rows: [
      row(`${lines} lines of YAML, warm`, ours.text, theirs?.warm, 'under 2'),
      row('the same as a tree, as the API has it', ours.tree, undefined),
      row(`each of ${configurations} configurations`, ours.each, theirs?.each),
      row('start-up: zod and yaml', ours.libraries, undefined),
      row('start-up: the validator', ours.importing, theirs?.importing),
      row('start-up: the first YAML', ours.yaml, undefined),
      row('start-up: the first validation', ours.first, theirs?.first),
      row('start-up added to the API, which has zod and yaml', ours.added, undefined, 'under 30'),
    ],
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { real: { type: 'boolean', default: true }, json: { type: 'boolean', default: false } },
    allowNegative: true,
  })
  const validation = await measureValidation(values)
  console.log(values.json ? JSON.stringify(validation) : markdown(validationSection(validation)))
}
