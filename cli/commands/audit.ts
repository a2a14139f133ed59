// Who asked for what, newest first.
import { type Command, InvalidArgumentError } from 'commander'
import type { Output } from '../../core/contract.ts'
import { clusterNameOf } from '../cluster-name.ts'
import { command, type GlobalOptions } from '../command.ts'
import { connect } from '../connect.ts'
import { json, printable } from '../output.ts'
import type { Terminal } from '../terminal.ts'

type Entry = Output<'listAudit'>['entries'][number]
type Options = GlobalOptions & {
  cluster?: string
  caller?: string
  from?: string
  to?: string
  limit: number
}

export const auditCommand = (terminal: Terminal): Command =>
  command('audit', 'Show who asked for what and what became of it, newest first.', [
    'audit --cluster my-lab/my-project',
    'audit --from 2026-11-01 --to 2026-11-30 --limit 1000',
  ])
    .option('--cluster <name>', 'of one cluster, also of one that is gone')
    .option('--caller <arn>', 'of one signer; of a role, whatever the session')
    .option(
      '--from <time>',
      'since a day or a time, in UTC (default: 7 days back, or all of a cluster or caller)',
    )
    .option('--to <time>', 'until then')
    .option('--limit <entries>', 'at most so many', count, 100)
    .action(async (_: unknown, self: Command) => {
      const { cluster: named, limit, json: asJson, caller, from, to } = self.optsWithGlobals<Options>()
      const cluster = named === undefined ? undefined : await clusterNameOf(named)
      const { client } = await connect(terminal, self)
      const entries: Entry[] = []
      let cursor: string | undefined
      do {
        const page = Math.min(100, limit - entries.length)
        const found = await client.call('listAudit', { cluster, caller, from, to, limit: page, cursor })
        entries.push(...found.entries)
        cursor = found.cursor
      } while (cursor && entries.length < limit)
      if (asJson) return terminal.out(json({ entries, ...(cursor ? { cursor } : {}) }))
      for (const entry of entries) terminal.out(line(entry))
      if (cursor) terminal.err('There are more: raise --limit.\n')
    })

const line = ({ at, status, code, verb, dry, cluster, caller, sourceIp, wish }: Entry): string =>
  `${[
    at.replace(/\.\d+/, ''),
    String(status),
    `${verb}${dry ? ' (dry run)' : ''}`.padEnd(14),
    cluster ?? '-',
    printable(`${caller} from ${sourceIp}`),
    printable(`${code ? `${code} ` : ''}${JSON.stringify(wish)}`),
  ].join('  ')}\n`

function count(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}
