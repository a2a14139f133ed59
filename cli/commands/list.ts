// The clusters, of all pages unless a limit is given.
import { type Command, InvalidArgumentError } from 'commander'
import type { ClusterView } from '../../core/answers.ts'
import type { Status } from '../../core/cluster.ts'
import type { Output } from '../../core/contract.ts'
import type { ApiClient } from '../client.ts'
import { clusterTable } from '../cluster-texts.ts'
import { command, type GlobalOptions } from '../command.ts'
import { connect } from '../connect.ts'
import { json } from '../output.ts'
import type { Terminal } from '../terminal.ts'

type Filter = { virtualLab?: string; status?: string; limit?: number }

export const listCommand = (terminal: Terminal): Command =>
  command('list', 'List the clusters.', [
    'list',
    'list --virtual-lab my-lab --status CREATE_COMPLETE',
    "list --json | jq -r '.clusters[].name'",
  ])
    .option('--virtual-lab <id>', 'only those of this virtual lab')
    .option('--status <status>', 'only those in this status, as in CREATE_COMPLETE')
    .option('--limit <number>', 'at most so many (default: all)', positive)
    .action(async (_: unknown, self: Command) => {
      const options = self.optsWithGlobals<GlobalOptions & Filter>()
      const { client } = await connect(terminal, self)
      const answer = await readPages(client, options)
      if (options.json) terminal.out(json(answer))
      else if (answer.clusters.length > 0) terminal.out(clusterTable(answer.clusters, terminal.now()))
      else terminal.err('There are no such clusters.\n')
    })

/** The API's largest page. */
const pageLimit = 100

/** All pages as one answer; its cursor is there where the limit ended it. */
async function readPages(
  client: ApiClient,
  { virtualLab, status, limit = Number.POSITIVE_INFINITY }: Filter,
): Promise<Output<'listClusters'>> {
  const clusters: ClusterView[] = []
  let cursor: string | undefined
  do {
    const page = await client.call('listClusters', {
      virtualLab,
      // The API judges it, and names those that there are.
      status: status as Status | undefined,
      limit: Math.min(pageLimit, limit - clusters.length),
      cursor,
    })
    clusters.push(...page.clusters)
    cursor = page.cursor
  } while (cursor && clusters.length < limit)
  return { clusters, ...(cursor ? { cursor } : {}) }
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.')
  return Number(text)
}
