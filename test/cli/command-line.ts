// Runs the CLI in this process against an API that stands in, with a clock that sleeping moves.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { run } from '../../cli/main.ts'
import type { Terminal } from '../../cli/terminal.ts'
import { type Answers, type StandInApi, standInApi } from './stand-in-api.ts'

const openApis: StandInApi[] = []
const folders: string[] = []
afterEach(async () => {
  await Promise.all(openApis.splice(0).map((api) => api.close()))
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hpc-cli-test-'))
  folders.push(folder)
  return folder
}

/** A package with what `npm start` writes in it. */
export function folderWithOutputs({
  apiUrl,
  endpointUrl,
}: Pick<StandInApi, 'apiUrl' | 'endpointUrl'>): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, '.local'))
  const outputs = {
    apiUrl,
    endpointUrl,
    region: 'eu-central-1',
    accessKeyId: 'AKID',
    secretAccessKey: 'not-told',
  }
  writeFileSync(join(folder, '.local', 'outputs.json'), JSON.stringify(outputs))
  writeFileSync(join(folder, 'package.json'), '{}')
  return folder
}

export async function anApi(answers: Answers, secrets?: Record<string, string>): Promise<StandInApi> {
  const api = await standInApi(answers, secrets)
  openApis.push(api)
  return api
}

export function fakeTerminal(options: Partial<Terminal> = {}) {
  const said = { out: '', err: '', asked: [] as string[], slept: 0 }
  const terminal: Terminal = {
    env: {},
    cwd: '/',
    out: (text) => {
      said.out += text
    },
    err: (text) => {
      said.err += text
    },
    canAsk: false,
    ask: async (question) => {
      said.asked.push(question)
      return ''
    },
    canRedraw: false,
    now: () => new Date(Date.parse('2026-11-22T12:00:00Z') + said.slept * 1000),
    sleep: async (seconds) => {
      said.slept += seconds
    },
    exitStatus: 0,
    ...options,
  }
  return { terminal, said }
}

export type Ran = { status: number; out: string; err: string; slept: number; calls: StandInApi['calls'] }

/** One command line against these answers. */
export async function runCli(
  args: readonly string[],
  answers: Answers,
  { secrets, ...options }: Partial<Terminal> & { secrets?: Record<string, string> } = {},
): Promise<Ran> {
  const api = await anApi(answers, secrets)
  const { terminal, said } = fakeTerminal({ cwd: folderWithOutputs(api), ...options })
  const status = await run(args, terminal)
  return { status, out: said.out, err: said.err, slept: said.slept, calls: api.calls }
}

/** One command line where nothing is known: no API, no settings, no network. */
export async function offline(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const { terminal, said } = fakeTerminal()
  const status = await run(args, terminal)
  return { status, out: said.out, err: said.err }
}
