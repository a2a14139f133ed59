// What deployments left behind: listed, and deleted where that is asked for.
import { type Command, InvalidArgumentError } from 'commander'
import { type OrphanReport, remaining } from '../../core/orphans/report.ts'
import type { ApiClient } from '../client.ts'
import { command, type GlobalOptions } from '../command.ts'
import { connect } from '../connect.ts'
import { declined } from '../exit-status.ts'
import { age, json, printable, table } from '../output.ts'
import type { Terminal } from '../terminal.ts'

type Options = GlobalOptions & { delete?: boolean; yes?: boolean; olderThan?: number }

export const orphansCommand = (terminal: Terminal): Command =>
  command('orphans', 'List what deployments left behind that have no cluster any more.', [
    'orphans',
    'orphans --older-than 7d',
    'orphans --delete',
  ])
    .option('--delete', 'delete them, where the environment allows it')
    .option('-y, --yes', 'do not ask; nothing is asked either where the input is no terminal')
    .option('--older-than <age>', 'only of deployments that are older, as in 48h or 7d; at least 2h', hours)
    .action(async (_: unknown, self: Command) => {
      const options = self.optsWithGlobals<Options>()
      const { client } = await connect(terminal, self)
      const input = { olderThanHours: options.olderThan }
      if (options.delete && !options.yes && terminal.canAsk && !(await isSure(client, terminal, input))) {
        terminal.err('Nothing was deleted.\n')
        terminal.exitStatus = declined
        return
      }
      const report = await client.call(options.delete ? 'deleteOrphans' : 'listOrphans', input)
      terminal.out(options.json ? json(report) : told(report, terminal.now()))
      if (remaining(report).length > 0 || report.unseen.length > 0) terminal.exitStatus = 1
    })

function hours(text: string): number {
  const [, count, unit] = /^(\d{1,5})([hd])$/.exec(text) ?? []
  if (!count) throw new InvalidArgumentError('It is a number of hours or days, as in 48h or 7d.')
  return Number(count) * (unit === 'd' ? 24 : 1)
}

/** Shows what would be deleted first. */
async function isSure(
  client: ApiClient,
  terminal: Terminal,
  input: { olderThanHours: number | undefined },
): Promise<boolean> {
  const report = await client.call('listOrphans', input)
  terminal.err(told(report, terminal.now()))
  return /^y(es)?$/i.test((await terminal.ask(`Delete ${report.orphans.length} orphans? [y/N] `)).trim())
}

function told({ site, olderThanHours, orphans, unseen }: OrphanReport, now: Date): string {
  const rows = orphans.map(({ kind, id, cluster, deployment, since, reason, outcome, detail }) => [
    kind,
    id,
    cluster,
    deployment,
    age(since, now),
    reason,
    outcome,
    detail ?? '',
  ])
  const list =
    rows.length > 0 ? table(['KIND', 'ID', 'CLUSTER', 'DEPLOYMENT', 'AGE', 'WHY', 'OUTCOME', ''], rows) : ''
  const blind = unseen.map(({ kind, message }) => `could not look for ${kind}: ${printable(message)}\n`)
  return `${list}${blind.join('')}${site}: ${orphans.length} orphans of deployments older than ${olderThanHours} hours\n`
}
