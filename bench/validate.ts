// `node bench/validate.ts [--real] [--json]`: how long a validation takes warm, what it adds to a cold start, and the
// whole corpus; with --real beside ParallelCluster itself (its schema alone), installed into .local/ where it is not.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import Table from 'cli-table3'
import { build } from 'esbuild'
import { validate } from '../core/pcluster/validate.ts'
import { median } from './statistics.ts'

type Figures = { importing: number; first: number; warm: number; all: number }

const { values } = parseArgs({
  options: { real: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
})
const root = join(import.meta.dirname, '..')
const corpus = join(root, '../shared/pcluster/dev.jsonl.gz')
if (!existsSync(corpus)) {
  console.error('The corpus ../shared/pcluster/dev.jsonl.gz is not here.')
  process.exit(1)
}
type Judged = { yaml: string; tool_valid: boolean }
const judged = gunzipSync(readFileSync(corpus))
  .toString()
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Judged)
const distance = ({ yaml }: Judged) => Math.abs(yaml.split('\n').length - 100)
const [typical] = judged.filter(({ tool_valid }) => tool_valid).sort((a, b) => distance(a) - distance(b))
if (!typical) throw new Error('The corpus has no valid configuration.')

const coldScript = `
  import { readFileSync } from 'node:fs'
  const text = readFileSync(process.argv[2], 'utf8')
  const times = [performance.now()]
  const mark = () => times.push(performance.now())
  const run = async () => {
    await Promise.all([import('zod'), import('yaml')])
    mark()
    const { validate } = await import('../core/pcluster/validate.ts')
    mark()
    const { readYaml } = await import('../core/pcluster/read-yaml.ts')
    const { tree } = readYaml(text)
    mark()
    validate(tree)
    mark()
    const [a, b, c, d, e] = times
    console.log(JSON.stringify({ libraries: b - a, ours: c - b, yaml: d - c, first: e - d, validator: c - b + e - d }))
  }
  run()
`

const folder = mkdtempSync(join(tmpdir(), 'validate-'))
try {
  const report = {
    lines: typical.yaml.split('\n').length,
    configurations: judged.length,
    ours: await ours(),
    real: values.real ? real() : undefined,
  }
  console.log(values.json ? JSON.stringify(report) : asTable(report))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function ours() {
  const texts = judged.map(({ yaml }) => yaml)
  const all = milliseconds(() => {
    for (const text of texts) validate(text)
  })
  for (let round = 0; round < 200; round += 1) validate(typical?.yaml ?? '')
  const samples = Array.from({ length: 300 }, () => milliseconds(() => validate(typical?.yaml ?? '')))
  return { warm: median(samples), all, ...(await coldStart()) }
}

/** A new process each time; the libraries, which the API has loaded before, are in it and counted apart. */
async function coldStart() {
  const script = join(folder, 'cold.cjs')
  const file = join(folder, 'typical.yaml')
  writeFileSync(file, typical?.yaml ?? '')
  await build({
    stdin: { contents: coldScript, resolveDir: join(root, 'bench'), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minify: true,
    outfile: script,
    logLevel: 'error',
  })
  const runs = Array.from({ length: 11 }, () =>
    JSON.parse(execFileSync(process.execPath, [script, file], { encoding: 'utf8' })),
  )
  const of = (name: string) => median(runs.map((run) => run[name]))
  return {
    libraries: of('libraries'),
    importing: of('ours'),
    yaml: of('yaml'),
    first: of('first'),
    validator: of('validator'),
  }
}

function real(): Figures {
  const venv = join(root, '.local', 'parallelcluster')
  const python = join(venv, 'bin', 'python')
  if (!existsSync(join(venv, 'bin', 'pcluster'))) {
    execFileSync('python3', ['-m', 'venv', venv])
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', 'aws-parallelcluster==3.16.1'], {
      stdio: 'inherit',
    })
  }
  const lines = join(folder, 'corpus.jsonl')
  writeFileSync(lines, [typical, ...judged].map((one) => JSON.stringify(one)).join('\n'))
  return JSON.parse(execFileSync(python, [join(root, 'bench/validate-real.py'), lines], { encoding: 'utf8' }))
}

function milliseconds(run: () => void): number {
  const start = performance.now()
  run()
  return performance.now() - start
}

function asTable({
  lines,
  configurations,
  ours,
  real,
}: {
  lines: number
  configurations: number
  ours: Awaited<ReturnType<typeof coldStart>> & { warm: number; all: number }
  real: Figures | undefined
}): string {
  const table = new Table({
    head: ['milliseconds', 'ours', 'ParallelCluster (schema alone)', 'goal'],
    style: { head: [], border: [] },
  })
  const row = (what: string, our: number, theirs: number | undefined, goal = '') =>
    table.push([what, our.toFixed(2), theirs?.toFixed(2) ?? '-', goal])
  row(`one configuration of ${lines} lines, warm`, ours.warm, real?.warm, 'under 2')
  row('start-up: loading zod and yaml', ours.libraries, undefined)
  row('start-up: loading the validator', ours.importing, real?.importing)
  row('start-up: the first configuration, its YAML', ours.yaml, undefined)
  row('start-up: the first configuration, its validation', ours.first, real?.first)
  row('start-up added to an API that has zod and yaml', ours.validator, undefined, 'under 30')
  row(`all ${configurations} configurations`, ours.all, real?.all)
  return table.toString()
}
