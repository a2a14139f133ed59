// What happened to a cluster, newest last.
import type { Command } from 'commander'
import type { Output } from '../../core/contract.ts'
import type { ApiClient } from '../client.ts'
import { clusterNameOf, namedHow } from '../cluster-name.ts'
import { command, type GlobalOptions } from '../command.ts'
import { connect } from '../connect.ts'
import { json, printable } from '../output.ts'
import type { Terminal } from '../terminal.ts'

type Event = Output<'listEvents'>['events'][number]
type Options = GlobalOptions & { follow?: boolean }

const followSeconds = 3

export const eventsCommand = (terminal: Terminal): Command =>
  command('events', 'Show what happened to a cluster, also after it is gone.', [
    'events my-lab/my-project',
    'events my-lab/my-project --follow',
  ])
    .argument('<name>', namedHow)
    .option('-f, --follow', 'go on until the cluster is deleted; with --json one event to a line')
    .action(async (named: string, _: unknown, self: Command) => {
      const options = self.optsWithGlobals<Options>()
      const name = await clusterNameOf(named)
      const { client } = await connect(terminal, self)
      const history = historyOf(client, name)
      let events = await history.next()
      if (options.json && !options.follow) return terminal.out(json({ events }))
      for (;;) {
        for (const event of events) terminal.out(options.json ? `${JSON.stringify(event)}\n` : line(event))
        if (!options.follow || history.isOver()) return
        await terminal.sleep(followSeconds)
        events = await history.next()
      }
    })

/** Reads on from the page that was last; its events may have grown since. */
function historyOf(client: ApiClient, name: string) {
  const seen = new Set<string>()
  let lastPage: string | undefined
  let newest: Event | undefined
  return {
    async next(): Promise<Event[]> {
      const fresh: Event[] = []
      for (let cursor = lastPage; ; cursor = lastPage) {
        const page = await client.call('listEvents', { name, limit: 100, cursor })
        fresh.push(...page.events.filter(({ id }) => !seen.has(id)))
        for (const { id } of page.events) seen.add(id)
        if (!page.cursor) break
        lastPage = page.cursor
      }
      newest = fresh.at(-1) ?? newest
      return fresh
    },
    isOver: () => newest?.status === 'DELETE_COMPLETE',
  }
}

/** Widths are fixed, because events come one by one: those of the longest type and the longest status. */
const line = ({ at, type, status, reason, message }: Event): string =>
  `${[
    at.replace(/\.\d+/, ''),
    type.padEnd(8),
    (status ?? '-').padEnd(23),
    printable(reason ? `${reason}: ${message}` : message),
  ].join('  ')}\n`
