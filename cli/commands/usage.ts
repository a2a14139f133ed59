// What jobs used, by project, day, queue and user.
import type { Command } from 'commander'
import type { Output } from '../../core/contract.ts'
import { AppError } from '../../core/errors.ts'
import type { CallInput } from '../client.ts'
import { command, type GlobalOptions } from '../command.ts'
import { connect } from '../connect.ts'
import { type Cell, json, table } from '../output.ts'
import type { Terminal } from '../terminal.ts'

type Row = Output<'getUsage'>['usage'][number]
type Options = GlobalOptions & { from?: string; to?: string }

export const usageCommand = (terminal: Terminal): Command =>
  command('usage', 'Show what jobs used, also of clusters that are gone.', [
    'usage my-lab/my-project',
    'usage my-lab --from 2026-11-01 --to 2026-11-30',
    'usage --json',
  ])
    .argument('[whose]', 'a virtual lab, or one project of it as virtualLab/project; all without it')
    .option('--from <day>', 'the first day, as in 2026-11-01 (UTC); 29 days before the last')
    .option('--to <day>', 'the last day; today')
    .action(async (whose: string | undefined, _: unknown, self: Command) => {
      const options = self.optsWithGlobals<Options>()
      const { client } = await connect(terminal, self)
      const query: CallInput<'getUsage'> = { ...tenantOf(whose), from: options.from, to: options.to }
      let page = await client.call('getUsage', query)
      const whole = { ...page, cursor: undefined }
      while (page.cursor) {
        // The days of the first page, so that midnight does not part the report.
        const { from, to, cursor } = page
        page = await client.call('getUsage', { ...query, from, to, cursor })
        whole.usage.push(...page.usage)
      }
      if (options.json) return terminal.out(json(whole))
      if (whole.usage.length === 0) return terminal.err(`no job ran from ${whole.from} to ${whole.to}\n`)
      terminal.out(usageTable(whole.usage))
    })

function tenantOf(whose: string | undefined): { virtualLab?: string; project?: string } {
  const [virtualLab, project, ...more] = whose?.split('/') ?? []
  if (more.length > 0 || virtualLab === '' || project === '')
    throw new AppError('InvalidRequest', `"${whose}" is neither virtualLab/project nor a virtual lab.`)
  return { ...(virtualLab ? { virtualLab } : {}), ...(project ? { project } : {}) }
}

const usageTable = (usage: Row[]): string =>
  table(
    ['PROJECT', 'DAY', 'QUEUE', 'USER', 'JOBS', 'NODE HOURS', 'CORE HOURS'],
    [
      ...usage.map((row): Cell[] => [
        `${row.virtualLab}/${row.project}`,
        row.day,
        row.queue,
        row.user,
        ...figures([row]),
      ]),
      ['total', null, null, null, ...figures(usage)],
    ],
  )

const figures = (rows: Row[]): Cell[] => [
  rows.reduce((sum, { jobs }) => sum + jobs, 0),
  rows.reduce((sum, { nodeHours }) => sum + nodeHours, 0).toFixed(2),
  rows.reduce((sum, { coreHours }) => sum + coreHours, 0).toFixed(2),
]
