// `npm run bench`: everything that docs/performance.md has figures of, in one run on the emulator. Read the ratios: absolute
// times are of this machine and its load.
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startLaptop } from '../local/laptop.ts'
import { type ColdStart, coldStarts, memoryOf } from './cold-start.ts'
import { measureCost } from './cost.ts'
import { deployFloors, freeSlots, functionEnvironment, pauseReconciler } from './emulated.ts'
import { measureGrowth, measureReconciler } from './fleet.ts'
import { judged, missed, ratios } from './goals.ts'
import { measureBursts, measureThroughput } from './load.ts'
import { caller, type Floored, getOneEvent, measureRoutes } from './routes.ts'
import { markdown, type Section, writeFigures } from './section.ts'
import { median, percentile } from './statistics.ts'
import { measureValidation, validationSection } from './validate.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '60' },
    real: { type: 'boolean', default: true },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
})
if (values.help) {
  console.log(`Usage: npm run bench -- [options]
  --rounds N   how often each request is measured, 1 to 100 (60)
  --no-real    the validator without ParallelCluster itself beside it
  --check      ends with 1 where a goal of bench/goals.ts is missed; for a quiet machine
  --write      puts the figures into docs/performance.md
  --json       prints them as data, not as Markdown`)
  process.exit(0)
}
const rounds = Math.min(100, Math.max(1, Number(values.rounds) || 60))

const root = fileURLToPath(new URL('..', import.meta.url))
const stateDir = join(root, '.local', 'bench')
rmSync(stateDir, { recursive: true, force: true })
mkdirSync(stateDir, { recursive: true })
const say = (line: string) =>
  process.stderr.write(`${(performance.now() / 1000).toFixed(0).padStart(4)}s  ${line}\n`)
const stopping = new AbortController()
process.on('SIGINT', () => stopping.abort())

say('measuring validation')
const validation = validationSection(await measureValidation(values))
say('measuring the reconciler')
const sections = [await measureReconciler(), await measureCost()]
const laptop = await startLaptop({
  root,
  stateDir,
  site: 'none',
  port: 0,
  say,
  signal: stopping.signal,
  // Room for a burst of 256: 512 clusters.
  context: { slotPrefix: '26' },
})

try {
  const { outputs } = laptop
  const floors = await deployFloors(root, stateDir, outputs)
  const calls = caller(outputs, floors.apiUrl, stopping.signal)
  await calls.prepare()
  // Requests are measured alone: nothing is built meanwhile.
  await pauseReconciler(outputs)

  // Before the rounds, whose events are told and counted for a while after them.
  say('measuring cold starts')
  const bundles = {
    ours: join(stateDir, 'cdk.out', 'bundles'),
    floors: join(stateDir, 'floors.out', 'bundles'),
  }
  const ours = await functionEnvironment(outputs, 'FunctionsApi')
  const environment = { ...ours, TABLE: floors.tableName }
  const cold = {
    'floor: empty': { bundle: join(bundles.floors, 'empty'), event: {}, environment },
    'floor: one get': { bundle: join(bundles.floors, 'one-get'), event: {}, environment },
    'floor: one put': { bundle: join(bundles.floors, 'one-put'), event: {}, environment },
    'API, GET one': { bundle: join(bundles.ours, 'api'), event: getOneEvent, environment },
  }
  const starts = await coldStarts(cold, Math.ceil(rounds / 3))
  say('measuring memory')
  const memory = await memories(cold)
  say(`measuring ${rounds} rounds of requests`)
  const routes = await measureRoutes(calls, rounds)
  say('measuring a growing fleet')
  const growth = await measureGrowth(outputs, calls)
  say('measuring throughput')
  const throughput = await orWhyNot(() => measureThroughput(calls, () => freeSlots(outputs)))
  say('measuring bursts')
  const bursts = await orWhyNot(() => measureBursts(calls, () => freeSlots(outputs)))

  const coldStart: Record<string, Floored> = {
    ...floorless(starts),
    'API, GET one': { floor: 'floor: one put', milliseconds: starts['API, GET one'] },
  }
  const all = [
    timesOf('Requests, warm', 'request', routes),
    timesOf('Cold starts', 'from the start of a process to its first answer', coldStart),
    {
      title: 'Memory of a function',
      head: ['function', 'after its first answer, MB', 'after 1,000 more, MB'],
      rows: memory,
    },
    { title: 'Bundles', head: ['function', 'kB'], rows: [...sizes(bundles.ours), ...sizes(bundles.floors)] },
    throughput,
    bursts,
    ...sections,
    growth,
    validation,
  ]
  const figures = `${machine()}\n\n${all.map(markdown).join('\n\n')}`
  if (values.write) writeFigures(join(root, 'docs/performance.md'), figures)
  console.log(values.json ? JSON.stringify(all) : figures)
  const failures = missed({ ...ratios(routes), ...ratios(coldStart) })
  for (const failure of failures) say(`missed: ${failure}`)
  if (values.check && failures.length > 0) process.exitCode = 1
  say('done')
} finally {
  await laptop.stop()
}

/** So many callers at once may not all be answered, in time or at all; the other figures stand. */
async function orWhyNot(measure: () => Promise<Section>): Promise<Section> {
  try {
    return await measure()
  } catch (error) {
    stopping.signal.throwIfAborted()
    return { title: 'Not measured', head: ['why not'], rows: [[(error as Error).message]] }
  }
}

function machine(): string {
  const [{ model = 'unknown processors' } = {}, ...others] = cpus()
  return `Measured ${new Date().toISOString().slice(0, 10)} on ${others.length + 1} of ${model.trim()}, Node ${process.version}, medians.`
}

async function memories(handlers: Record<string, ColdStart>): Promise<Section['rows']> {
  const rows: Section['rows'] = []
  for (const [name, handler] of Object.entries(handlers)) {
    const { rest, after } = await memoryOf(handler)
    rows.push([name, rest, after])
  }
  return rows
}

function floorless(samples: Record<string, number[]>): Record<string, Floored> {
  return Object.fromEntries(Object.entries(samples).map(([name, milliseconds]) => [name, { milliseconds }]))
}

function timesOf(title: string, what: string, samples: Record<string, Floored>): Section {
  const times = ratios(samples)
  const rows = Object.entries(samples).map(([name, { floor = '', milliseconds }]) => {
    const ratio = times[name]
    const told = ratio === undefined ? ['', ''] : [ratio.toFixed(2), judged(name, ratio)]
    return [name, median(milliseconds), percentile(milliseconds, 0.95), floor, ...told]
  })
  return { title, head: [what, 'p50 ms', 'p95 ms', 'against', 'ratio', 'goal'], rows }
}

function sizes(folder: string): Section['rows'] {
  // The Dockerfile stands beside them.
  const bundles = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return bundles.map(({ name }) => {
    const files = readdirSync(join(folder, name)).map((file) => statSync(join(folder, name, file)).size)
    return [name, files.reduce((sum, bytes) => sum + bytes, 0) / 1000]
  })
}
