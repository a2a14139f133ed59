// The local provider as a process of its own, so that it can be killed: its options come as one line, and it ends in
// good order when its standard input does.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type ProviderOptions, startProvider } from '../../local/provider/server.ts'

const input = createInterface(process.stdin)
const line = await new Promise<string>((resolve) => input.once('line', resolve))
const options = JSON.parse(line) as Omit<ProviderOptions, 'log'>
const file = join(options.stateDir, 'log', 'provider.log')
const log = (line: string) => appendFileSync(file, `${new Date().toISOString()} ${line}\n`)
const provider = await startProvider({ ...options, log })
process.stdout.write(`${provider.url}\n`)
process.stdin.on('end', () => provider.stop().then(() => process.exit(0)))
process.stdin.resume()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})
