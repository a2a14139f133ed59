// `npm run bench`: the validator beside ParallelCluster's own; every route beside its floor, cold starts and bundle
// sizes, in one run on the emulator. Read the ratios: absolute times are of this machine and its load.
import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { startLaptop } from '../local/laptop.ts'
import { coldStarts } from './cold-start.ts'
import { deployFloors, functionEnvironment, pauseReconciler } from './emulated.ts'
import { routesAndFloors } from './routes.ts'
import { median, percentile } from './statistics.ts'
import { measureValidation, type Validation, validationTable } from './validate.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '60' },
    real: { type: 'boolean', default: true },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
})
if (values.help) {
  console.log(
    'Usage: npm run bench -- [--rounds N (1 to 100, 60)] [--no-real (without ParallelCluster itself)] [--json]',
  )
  process.exit(0)
}
const rounds = Math.min(100, Math.max(1, Number(values.rounds) || 60))

const root = fileURLToPath(new URL('..', import.meta.url))
const stateDir = join(root, '.local', 'bench')
rmSync(stateDir, { recursive: true, force: true })
const say = (line: string) => process.stderr.write(`${line}\n`)
const stopping = new AbortController()
process.on('SIGINT', () => stopping.abort())

say('measuring validation')
const validation = await measureValidation(values)
const laptop = await startLaptop({ root, stateDir, site: 'none', port: 0, say, signal: stopping.signal })

try {
  const { outputs } = laptop
  const floors = await deployFloors(root, stateDir, outputs)
  const calls = routesAndFloors(outputs, floors.apiUrl)
  await calls.prepare(stopping.signal)
  await pauseReconciler(outputs)

  // Before the rounds, whose events are told and counted for a while after them.
  say('measuring cold starts')
  const bundles = {
    ours: join(stateDir, 'cdk.out', 'bundles'),
    floors: join(stateDir, 'floors.out', 'bundles'),
  }
  const ours = await functionEnvironment(outputs, 'FunctionsApi')
  const floor = { ...ours, TABLE: floors.tableName }
  const cold = await coldStarts(
    {
      'floor: empty': { bundle: join(bundles.floors, 'empty'), event: {}, environment: floor },
      'floor: one put': { bundle: join(bundles.floors, 'one-put'), event: {}, environment: floor },
      'API, GET one': { bundle: join(bundles.ours, 'api'), event: calls.getOneEvent, environment: ours },
    },
    Math.ceil(rounds / 3),
  )

  say(`measuring ${rounds} rounds`)
  const samples = await calls.measure(rounds, stopping.signal)

  const report = {
    validation,
    routes: Object.entries(samples).map(([name, { floor: against, milliseconds }]) => ({
      name,
      p50: median(milliseconds),
      p95: percentile(milliseconds, 0.95),
      ...(against ? { floor: against, ratio: ratio(milliseconds, samples[against]?.milliseconds) } : {}),
    })),
    coldStarts: Object.entries(cold).map(([name, milliseconds]) => ({
      name,
      p50: median(milliseconds),
      p95: percentile(milliseconds, 0.95),
      ...(name.startsWith('API')
        ? { floor: 'floor: one put', ratio: ratio(milliseconds, cold['floor: one put']) }
        : {}),
    })),
    bundles: [...sizes(bundles.ours), ...sizes(bundles.floors)],
  }
  console.log(values.json ? JSON.stringify(report) : tables(report))
} finally {
  await laptop.stop()
}

function ratio(samples: number[], floor: number[] | undefined): number {
  return median(samples) / median(floor ?? [])
}

function sizes(folder: string): { name: string; kilobytes: number }[] {
  // The Dockerfile stands beside them.
  const bundles = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return bundles.map(({ name }) => {
    const bytes = readdirSync(join(folder, name)).reduce(
      (sum, file) => sum + statSync(join(folder, name, file)).size,
      0,
    )
    return { name, kilobytes: bytes / 1000 }
  })
}

type Row = { name: string; p50: number; p95: number; floor?: string; ratio?: number }

function tables(report: {
  validation: Validation
  routes: Row[]
  coldStarts: Row[]
  bundles: { name: string; kilobytes: number }[]
}): string {
  const times = (title: string, rows: Row[]) => {
    const table = new Table({
      head: [title, 'p50 ms', 'p95 ms', 'ratio of p50', 'to'],
      style: { head: [], border: [] },
    })
    for (const { name, p50, p95, floor = '', ratio: times } of rows)
      table.push([
        name,
        p50.toFixed(1),
        p95.toFixed(1),
        times === undefined ? '' : `${times.toFixed(2)}x`,
        floor,
      ])
    return table.toString()
  }
  const bundles = new Table({ head: ['bundle', 'kB'], style: { head: [], border: [] } })
  for (const { name, kilobytes } of report.bundles) bundles.push([name, kilobytes.toFixed(0)])
  return [
    validationTable(report.validation),
    times('request', report.routes),
    times('cold start', report.coldStarts),
    bundles.toString(),
  ].join('\n\n')
}
