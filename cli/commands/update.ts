// Asks for another shape of a cluster that runs: its jobs go on.
import { type Command, InvalidArgumentError } from 'commander'
import { clusterNameOf, namedHow } from '../cluster-name.ts'
import { clusterFacts } from '../cluster-texts.ts'
import { command, type GlobalOptions } from '../command.ts'
import { connect } from '../connect.ts'
import { type LifetimeOptions, lifetimeOf, withLifetime } from '../lifetime-options.ts'
import { json } from '../output.ts'
import type { Terminal } from '../terminal.ts'
import { defaultTimeoutSeconds, seconds, waitAndTell } from '../wait-and-tell.ts'

type Options = GlobalOptions &
  LifetimeOptions & {
    tier?: string
    maxCount?: Record<string, number>
    maxNodes?: number
    maxTime?: string
    wait?: boolean
    timeout: number
  }

export const updateCommand = (terminal: Terminal): Command =>
  withLifetime(
    command('update', 'Give a running cluster other counts, limits, times or another tier; its jobs go on.', [
      'update my-lab/my-project --max-count t3-micro=16 --max-nodes 16 --wait',
      'update my-lab/my-project --max-time 2-00:00:00',
      'update my-lab/my-project --lifetime 8h',
    ]),
    'from now on',
  )
    .argument('<name>', namedHow)
    .option('--tier <name>', 'another shape, see `tiers`')
    .option('--max-count <name=nodes...>', 'the most nodes of a compute resource', maxCount)
    .option('--max-nodes <nodes>', 'the most nodes of one job', count)
    .option('--max-time <time>', 'the longest time of one job, as Slurm writes it: 90, 12:00:00, 2-00:00:00')
    .option('--wait', 'return when the update is complete, or has failed')
    .option('--timeout <seconds>', 'how long --wait waits', seconds, defaultTimeoutSeconds)
    .action(async (named: string, _: unknown, self: Command) => {
      const options = self.optsWithGlobals<Options>()
      const { tier, maxCount: maxCounts, maxNodes, maxTime } = options
      const name = await clusterNameOf(named)
      const { client } = await connect(terminal, self)
      const asked = await client.call('updateCluster', {
        ...{ name, tier, maxCounts, maxNodes, maxTime },
        ...lifetimeOf(options),
      })
      const waited =
        options.wait && (await waitAndTell(client, terminal, { ...options, name, goal: 'ready' }))
      const cluster = waited || asked
      terminal.out(options.json ? json(cluster) : clusterFacts(cluster, terminal.now()))
      if (!options.wait && cluster.status === 'UPDATE_IN_PROGRESS')
        terminal.err(`Wait for it with: hpc-provisioner wait ${name}\n`)
    })

function maxCount(text: string, before: Record<string, number> = {}): Record<string, number> {
  const [, name, nodes = ''] = /^([^=]+)=(.*)$/.exec(text) ?? []
  if (!name) throw new InvalidArgumentError('It must be as in t3-micro=16.')
  return { ...before, [name]: count(nodes) }
}

function count(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('It must be a whole number of nodes.')
  return Number(text)
}
