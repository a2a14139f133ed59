// `npm start` as a newcomer runs it, with a state folder of its own and without Slurm: what it prints, and that it goes
// without a trace.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { apiClient } from '../../cli/client.ts'

const root = join(import.meta.dirname, '..', '..')
let state: string

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'hpc-start-'))
})
afterEach(() => rmSync(state, { recursive: true, force: true }))

function start(...flags: string[]) {
  const args = ['local/start.ts', '--site', 'none', '--port', '0', '--state', state, ...flags]
  const child = spawn(join(root, 'node_modules', '.bin', 'node'), args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    said.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    said.err += chunk
  })
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
  return { child, said, exit }
}

async function says(
  { child, said }: { child: ChildProcess; said: { err: string } },
  text: string,
): Promise<void> {
  while (!said.err.includes(text)) {
    if (child.exitCode !== null) throw new Error(said.err)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  )

test('--once --json tears down after the demo and tells how it went in one line', async () => {
  const { said, exit } = start('--once', '--json')
  expect(await exit, said.err).toBe(0)
  const lines = said.out.trim().split('\n')
  expect(lines).toHaveLength(1)
  const told = JSON.parse(lines[0] ?? '')
  expect(told).toMatchObject({ ok: true, cluster: { status: 'CREATE_COMPLETE', headNode: null } })
  expect(said.out).not.toMatch(/secretAccessKey/)
  expect(await answers(told.endpointUrl)).toBe(false)
})

test('it stays up for any program that reads outputs.json, and Ctrl-C stops all of it', async () => {
  const running = start('--no-demo')
  await says(running, 'Up. The API is at')
  const outputs = JSON.parse(readFileSync(join(state, 'outputs.json'), 'utf8'))
  const { accessKeyId, secretAccessKey, ...where } = outputs
  const client = apiClient({ ...where, credentials: { accessKeyId, secretAccessKey } })
  expect(await client.call('getVersion', {})).toMatchObject({ site: 'local' })

  const second = start('--no-demo')
  expect(await second.exit).toBe(1)
  expect(second.said.err).toMatch(/runs already, as process \d+/)

  running.child.kill('SIGINT')
  expect(await running.exit, running.said.err).toBe(0)
  expect(await answers(outputs.endpointUrl)).toBe(false)
  expect(existsSync(join(state, 'outputs.json'))).toBe(false)
})

test('a wrong option is told with the help, and nothing starts', async () => {
  const { said, exit } = start('--twice')
  expect(await exit).toBe(2)
  expect(said.err).toMatch(/--twice[\s\S]*Usage: npm start/)
})
