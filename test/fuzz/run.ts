// `npm test -- fuzz`: schemathesis reads the description of the API and tries what it allows and what it forbids, on the
// real handlers over the in-memory world. Bounded, and the same cases each time.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openApi } from '../../core/openapi.ts'
import { accountingSite } from '../core/samples.ts'
import { makeWorld } from '../world.ts'
import { startGateway } from './gateway.ts'

// What the handlers log is let go: a thousand refusals are no news.
const print = process.stdout.write
process.stdout.write = () => true

// More subnets than requests: that they run out is no finding.
const world = makeWorld(accountingSite({ network: { clusterRange: '10.64.0.0/12' } }))
const gateway = await startGateway(world)
const folder = mkdtempSync(join(tmpdir(), 'fuzz-'))
const description = join(folder, 'openapi.json')
writeFileSync(description, JSON.stringify(openApi('1.2.3')))

const args = [
  ...['--no-color', '--config-file', join(import.meta.dirname, 'schemathesis.toml'), 'run', description],
  ...['--url', gateway.url, '--header', 'Authorization: AWS4-HMAC-SHA256 Credential=a'],
]
const status = await new Promise<number>((resolve) =>
  spawn('schemathesis', args, { cwd: folder, stdio: 'inherit' })
    .on('error', (error) => console.error(`schemathesis: ${error.message}. \`npm test\` installs it.`))
    .on('close', (code) => resolve(code ?? 1)),
)
gateway.close()
process.stdout.write = print
rmSync(folder, { recursive: true, force: true })

const answers = [...gateway.answers].sort(([a], [b]) => a - b).map(([code, times]) => `${times} x ${code}`)
console.log(`fuzz: ${world.stacks.created.length} clusters made; answers ${answers.join(', ')}`)
for (const finding of gateway.findings) console.error(`fuzz: ${finding}`)
// A run that made nothing met no cluster, and proved little.
const isIdle = world.stacks.created.length === 0
process.exitCode = status !== 0 || gateway.findings.length > 0 || isIdle ? 1 : 0
