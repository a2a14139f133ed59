// Cold starts and memory of a bundled handler beside the floors': processes of their own, in turn, against the emulator's
// tables.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

export type ColdStart = { bundle: string; event: object; environment: Record<string, string> }

const run = promisify(execFile)

/** Milliseconds from a process's start to the handler's first answer, per named handler. */
export async function coldStarts<Name extends string>(
  handlers: Record<Name, ColdStart>,
  rounds: number,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(handlers) as Name[]
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = 0; round < rounds; round++)
    for (const name of names) samples[name].push(await coldStart(handlers[name]))
  return samples
}

/** Megabytes of a function at rest, after its first answer, and after a thousand more. */
export async function memoryOf({
  bundle,
  event,
  environment,
}: ColdStart): Promise<{ rest: number; after: number }> {
  const program = `${import.meta.dirname}/memory.mjs`
  const args = ['--expose-gc', program, `${bundle}/index.mjs`, JSON.stringify(event), '1000']
  const { stdout } = await run('node', args, { env: processEnvironment(environment) })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

const processEnvironment = (environment: Record<string, string>) => ({
  PATH: process.env.PATH,
  ...environment,
})

async function coldStart({ bundle, event, environment }: ColdStart): Promise<number> {
  const program = `${import.meta.dirname}/cold-start.mjs`
  const { stdout } = await run('node', [program, `${bundle}/index.mjs`, JSON.stringify(event)], {
    env: processEnvironment(environment),
  })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '').milliseconds
}
