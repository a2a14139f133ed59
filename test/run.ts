// `npm test`: the whole gate. Types, lint, shell scripts, known vulnerabilities, synthesis, unit tests, a fuzzer, then end to end.
// Stops at the first that fails; `npm test -- unit` runs those whose name begins so.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installEmulator } from '../local/emulator.ts'
import { checkMachine, installPython, installSlurm } from '../local/machine.ts'
import { isCi, judgeAudit, npmAudit } from './npm-audit.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const say = (line: string) => process.stdout.write(`\n== ${line}\n`)

const scripts = ['cluster-configs/scripts', 'local/slurm/node-programs'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.sh'))
    .map((file) => `${folder}/${file}`),
)

const steps: Record<string, string[]> = {
  typecheck: ['tsc', '-p', '.'],
  lint: ['biome', 'check', '--error-on-warnings', '.'],
  shellcheck: ['shellcheck', ...scripts],
  'ruff check': ['ruff', 'check', 'cluster-configs/scripts'],
  'ruff format': ['ruff', 'format', '--check', 'cluster-configs/scripts'],
  // Asked and judged by npm-audit.ts.
  audit: [],
  'synth example': [
    'cdk',
    'synth',
    '--quiet',
    '-c',
    'environment=example',
    '--output',
    '.local/test/cdk.out',
  ],
  unit: ['vitest', 'run', '--project', 'unit'],
  fuzz: ['node', 'test/fuzz/run.ts'],
  e2e: ['vitest', 'run', '--project', 'e2e'],
}

/** shellcheck, ruff, moto, schemathesis and the emulator from PyPI, in the project's own virtual environment. */
function installFromPyPi(): string {
  const programs = installEmulator(join(root, '.local'), say)
  const requirements = readFileSync(join(root, 'test', 'requirements.txt'))
  const stamp = join(root, '.local', 'venv', '.test-tools')
  const wanted = createHash('sha256').update(requirements).digest('hex')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    say('installing the test tools from PyPI')
    const pip = ['install', '--quiet', '--disable-pip-version-check', '-r', 'test/requirements.txt']
    if (run(join(programs, 'pip'), pip, process.env) !== 0) process.exit(1)
    writeFileSync(stamp, wanted)
  }
  return programs
}

const run = (command: string, args: string[], env: NodeJS.ProcessEnv): number =>
  spawnSync(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] }).status ?? 1

/** High and critical ones in what is deployed; the rest is for the reader of its report. */
function audit(env: NodeJS.ProcessEnv): number {
  const { say: told, fails } = judgeAudit(npmAudit(root, env), isCi(env))
  say(told)
  return fails ? 1 : 0
}

const machine = checkMachine()
if (machine.advice) say(`${machine.advice}. The tests on real Slurm are skipped.`)
else await installSlurm(machine, say)
await installPython(say)
const env = {
  ...process.env,
  PATH: `${installFromPyPi()}${delimiter}${process.env.PATH}`,
  CDK_VALIDATION: 'false',
}

const only = process.argv[2]
for (const [name, [command = '', ...args]] of Object.entries(steps)) {
  if (only && !name.startsWith(only)) continue
  say(name)
  if ((name === 'audit' ? audit(env) : run(command, args, env)) === 0) continue
  say(`${name} failed`)
  process.exit(1)
}
