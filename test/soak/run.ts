// `npm run soak`: faults at random moments on a place of its own, for as long as asked; or a burst of creates.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { SiteKind } from '../../local/laptop.ts'
import { burst } from './burst.ts'
import { troublesOf } from './judge.ts'
import { startPlace } from './place.ts'
import { pickFrom } from './random.ts'
import { soak } from './soak.ts'

const help = `Usage: npm run soak -- [options]

Brings up the service on this machine, beside any that runs, lets clusters come and go, and meanwhile kills function
processes, the provider and Slurm's daemons, drops and doubles messages, and restarts the emulator. In the end all is
deleted. Prints the faults, the clusters and what leaked; exit status 1 where something did, or a wish of a burst was
lost, failed, or shares its subnet.

  --minutes N    how long faults happen (1); bringing up and deleting come on top
  --seed S       the order of faults and lives (another one each time); the last lines tell it
  --site none    no Slurm: clusters have no hosts (slurm)
  --at-once N    clusters that live at the same time (3)
  --burst N      in place of all that: N creates by 16 callers, at most 256, all deleted again
  --help

Ctrl-C ends the faults and deletes what is there.
`

const options = {
  minutes: { type: 'string', default: '1' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  site: { type: 'string', default: 'slurm' },
  'at-once': { type: 'string', default: '3' },
  burst: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

function flags() {
  try {
    const { values } = parseArgs({ options, allowPositionals: false })
    const { minutes, seed, site, burst: size } = values
    if (site !== 'slurm' && site !== 'none') throw new Error(`--site is slurm or none, not ${site}`)
    for (const [name, value] of Object.entries({ minutes, seed, 'at-once': values['at-once'], burst: size }))
      if (value !== undefined && !(Number(value) > 0))
        throw new Error(`--${name} is a number above 0, not ${value}`)
    if (Number(size ?? 1) > 256)
      throw new Error(`--burst is at most 256, which is how many subnets there are`)
    return { ...values, site: (size ? 'none' : site) as SiteKind }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${help}`)
    process.exit(2)
  }
}

const startedAt = Date.now()
const say = (line: string) =>
  process.stderr.write(`${((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)}s  ${line}\n`)
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())

const { minutes, seed, site, burst: size, 'at-once': atOnce, help: wantsHelp } = flags()
if (wantsHelp) {
  process.stdout.write(help)
  process.exit(0)
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const place = await startPlace({
  ...{ root, site, say, signal: stopping.signal },
  stateDir: join(root, '.local', 'soak'),
  slotPrefix: 25,
}).catch((error) => {
  say(`failed: ${error instanceof Error ? error.message : error}`)
  process.exit(stopping.signal.aborted ? 130 : 1)
})
let leaks = 1
try {
  leaks = size ? await burstOf(Number(size)) : await soakFor(Number(minutes))
} catch (error) {
  say(`failed: ${error instanceof Error ? error.message : error}`)
} finally {
  await place.stop()
}
process.exit(leaks > 0 ? 1 : 0)

async function burstOf(count: number): Promise<number> {
  const report = await burst(place, count, 900, say, stopping.signal)
  const troubles = troublesOf(report)
  for (const trouble of troubles) console.log(trouble)
  console.log(JSON.stringify({ ...report, lost: report.lost.length, leaks: report.leaks.length }))
  return troubles.length
}

async function soakFor(count: number): Promise<number> {
  const report = await soak({
    ...{ place, say, signal: stopping.signal, atOnce: Number(atOnce), deleteSeconds: 600 },
    pick: pickFrom(Number(seed)),
    untilMillis: Date.now() + count * 60_000,
  })
  for (const [name, times] of Object.entries(report.faults))
    console.log(`${String(times).padStart(5)}  ${name}`)
  const { made, ready, failed, deleted } = report.clusters
  const injected = Object.values(report.faults).reduce((sum, times) => sum + times, 0)
  for (const leak of report.leaks) console.log(`leak: ${leak}`)
  console.log(`faults injected: ${injected} (seed ${seed})`)
  console.log(`clusters made: ${made} (${ready} ready, ${failed} failed as asked, ${deleted} deleted)`)
  console.log(`leaks found: ${report.leaks.length}`)
  return report.leaks.length
}
