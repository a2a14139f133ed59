// Would ParallelCluster take these configurations? Offline: the rules are in core/pcluster.
import { isUtf8 } from 'node:buffer'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import type { Finding, Verdict } from '../../core/pcluster/validate.ts'
import { command, type GlobalOptions } from '../command.ts'
import { printable } from '../output.ts'
import type { Terminal } from '../terminal.ts'

// Of bytes; the validator refuses long before as many characters.
const mostBytes = 16_000_000

type Options = GlobalOptions & {
  name?: string
  suppress?: string[]
  failureLevel: 'ERROR' | 'WARNING' | 'INFO'
}

export const validateCommand = (terminal: Terminal): Command =>
  command('validate', 'Check ParallelCluster configurations, offline.', [
    'validate cluster.yaml',
    'validate --json configurations/*.yaml',
    'validate --failure-level WARNING --suppress KeyPairValidator cluster.yaml',
    'render debug | hpc-provisioner validate -',
    "find . -name '*.yaml' -print0 | xargs -0 hpc-provisioner validate --json",
  ])
    .argument('<files...>', 'YAML files; - is the standard input')
    .option('--name <name>', 'also check the name that the cluster is to have')
    .option('--suppress <names>', 'validators that stay silent, with commas between; or ALL', names)
    .addOption(
      new Option('--failure-level <level>', 'from which level on a finding is a failure')
        .choices(['ERROR', 'WARNING', 'INFO'])
        .default('ERROR'),
    )
    .action(async (files: string[], _: unknown, self: Command) => {
      const { json, name, suppress = [], failureLevel } = self.optsWithGlobals<Options>()
      const { validate } = await import('../../core/pcluster/validate.ts')
      for (const file of files) {
        const content = await contentOf(file, terminal)
        const verdict =
          typeof content === 'string' ? validate(content, { name, suppress, failureLevel }) : unread(content)
        terminal.out(json ? `${JSON.stringify({ file, ...verdict })}\n` : told(file, verdict))
        if (!verdict.valid) terminal.exitStatus = 1
      }
    })

/** Given more than once, they add up. */
const names = (given: string, before: string[] = []): string[] => [...before, ...given.split(',')]

async function contentOf(file: string, { cwd }: Terminal): Promise<string | Error> {
  try {
    const bytes = await (file === '-' ? limited(process.stdin) : read(resolve(cwd, file)))
    return isUtf8(bytes) ? bytes.toString() : new Error('it is not UTF-8')
  } catch (problem) {
    return problem as Error
  }
}

async function read(path: string): Promise<Buffer> {
  const handle = await open(path)
  try {
    // Told before it is read; a pipe has no size.
    if ((await handle.stat()).size > mostBytes) throw tooLong()
    return await limited(handle.createReadStream({ autoClose: false }))
  } finally {
    await handle.close()
  }
}

async function limited(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.length
    if (bytes > mostBytes) throw tooLong()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const tooLong = () => new Error(`it has more than ${mostBytes} bytes, which is no configuration`)

/** A file that cannot be read must not end a run over thousands. */
const unread = ({ message }: Error): Verdict => ({
  valid: false,
  findings: [
    {
      ...{ level: 'ERROR', validator: '$file', path: '$file', message: `Cannot be read: ${message}.` },
      ...{ line: 1, column: 1 },
    },
  ],
})

function told(file: string, { valid, findings }: Verdict): string {
  const lines = findings.map((finding) => `${file}:${finding.line}:${finding.column}: ${sentence(finding)}`)
  return `${[...lines, `${file}: ${valid ? 'valid' : 'not valid'}`].map(printable).join('\n')}\n`
}

/** People need no `_schema`: what is said of a section as a whole stands at the section. */
const sentence = ({ level, path, message, validator }: Finding) => {
  const where = path.startsWith('$') ? '' : `${path.replace(/\._schema$/, '')}: `
  return `${level} ${where}${message} (${validator})`
}
