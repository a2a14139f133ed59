// All that is known of one cluster.
import type { Command } from 'commander'
import { clusterNameOf, namedHow } from '../cluster-name.ts'
import { clusterFacts } from '../cluster-texts.ts'
import { command, type GlobalOptions } from '../command.ts'
import { connect } from '../connect.ts'
import { json } from '../output.ts'
import type { Terminal } from '../terminal.ts'

export const getCommand = (terminal: Terminal): Command =>
  command('get', 'Show one cluster.', [
    'get my-lab/my-project',
    'get my-lab/my-project --json | jq -r .headNode.privateIpAddress',
  ])
    .argument('<name>', namedHow)
    .action(async (named: string, _: unknown, self: Command) => {
      const { json: asJson } = self.optsWithGlobals<GlobalOptions>()
      const name = await clusterNameOf(named)
      const { client } = await connect(terminal, self)
      const cluster = await client.call('getCluster', { name })
      terminal.out(asJson ? json(cluster) : clusterFacts(cluster, terminal.now()))
    })
