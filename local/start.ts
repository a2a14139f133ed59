// `npm start`: everything on this machine, and a first cluster with a first job.
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Demo, demo } from './demo.ts'
import { type Laptop, type SiteKind, startLaptop } from './laptop.ts'

const help = `Usage: npm start -- [options]

Brings up the whole service on this machine, asks it for a cluster, runs a job on it, and stays up.

  --once         stop after the job; the exit status tells whether all went well
  --no-demo      bring up only
  --site none    no Slurm: clusters become ready without a host to log in to
  --json         one line of JSON on standard output at the end of the demo
  --port N       the emulator's port (4566 where it is free)
  --state DIR    where its state, logs and outputs.json are (.local)
  --help

AWS_ENDPOINT_URL names a LocalStack to use in place of the embedded emulator. Where its functions run in containers,
--provider-host NAME says by which name they reach this machine, as in host.docker.internal.
`

const options = {
  once: { type: 'boolean', default: false },
  'no-demo': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  site: { type: 'string', default: 'slurm' },
  port: { type: 'string' },
  'provider-host': { type: 'string' },
  state: { type: 'string', default: '.local' },
  help: { type: 'boolean', default: false },
} as const

const startedAt = Date.now()
const say = (line: string) => {
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)
  process.stderr.write(`${seconds}s  ${line}\n`)
}

const stopping = new AbortController()
let laptop: Laptop | undefined

function flags() {
  try {
    const { values } = parseArgs({ options, allowPositionals: false })
    if (values.site !== 'slurm' && values.site !== 'none')
      throw new Error(`--site is slurm or none, not ${values.site}`)
    if (values.port && !/^\d{1,5}$/.test(values.port))
      throw new Error(`--port is a number, not ${values.port}`)
    return { ...values, site: values.site as SiteKind }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${help}`)
    process.exit(2)
  }
}

async function main(): Promise<number> {
  const {
    once,
    json,
    site,
    port,
    state,
    help: wantsHelp,
    'no-demo': noDemo,
    'provider-host': providerHost,
  } = flags()
  if (wantsHelp) {
    process.stdout.write(help)
    return 0
  }
  const root = fileURLToPath(new URL('..', import.meta.url))
  laptop = await startLaptop({
    root,
    stateDir: resolve(root, state),
    site,
    endpointUrl: process.env.AWS_ENDPOINT_URL,
    providerHost,
    port: port ? Number(port) : undefined,
    say,
    signal: stopping.signal,
  })
  if (site === 'none') say('--site none: clusters become ready, but there is no host behind them')
  const shown = noDemo ? undefined : await demo(laptop.outputs, site === 'slurm', say, stopping.signal)
  if (json)
    process.stdout.write(
      `${JSON.stringify({ ok: true, ...laptop.outputs, secretAccessKey: undefined, identity: undefined, ...shown })}\n`,
    )
  if (once) return 0
  process.stderr.write(nextSteps(laptop, shown))
  await new Promise((resolve) => {
    // Without a timer Node would find nothing left to do.
    const awake = setInterval(() => {}, 60_000)
    stopping.signal.addEventListener('abort', () => resolve(clearInterval(awake)))
  })
  return 0
}

function nextSteps({ outputs, site }: Laptop, shown: Demo | undefined): string {
  const name = shown?.cluster.name ?? 'NAME'
  return `
Up. The API is at ${outputs.apiUrl}
(outputs.json in its state folder has the address and the keys for other programs). In another terminal:

  npx hpc-provisioner list
${site === 'slurm' ? `  npx hpc-provisioner ssh ${name} -- sinfo\n  npx hpc-provisioner token   # for ${shown?.cluster.slurmRest?.url ?? "Slurm's REST API"}: docs/slurm-rest.md\n` : ''}  npx hpc-provisioner create my-lab my-project --wait
  npx hpc-provisioner create my-lab fail-create --wait
  npx hpc-provisioner events ${name}
  npx hpc-provisioner delete ${name} --wait

Ctrl-C stops everything.
`
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())

let status = 1
try {
  status = await main()
} catch (error) {
  if (stopping.signal.aborted) status = 130
  else {
    const message = error instanceof Error ? error.message : String(error)
    say(`failed: ${message}`)
    if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ ok: false, message })}\n`)
  }
}
if (laptop) {
  say('stopping')
  await laptop.stop()
}
if (laptop || stopping.signal.aborted) say('stopped; nothing is left running')
process.exit(status)
