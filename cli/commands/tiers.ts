// The shapes that a cluster can have.
import type { Command } from 'commander'
import type { TierSummary } from '../../core/shape/tier.ts'
import { command, type GlobalOptions } from '../command.ts'
import { connect } from '../connect.ts'
import { type Cell, json, table } from '../output.ts'
import type { Terminal } from '../terminal.ts'

export const tiersCommand = (terminal: Terminal): Command =>
  command('tiers', 'List the shapes that a cluster can have.', ['tiers', 'tiers --json']).action(
    async (_: unknown, self: Command) => {
      const { client } = await connect(terminal, self)
      const answer = await client.call('listTiers', {})
      terminal.out(self.optsWithGlobals<GlobalOptions>().json ? json(answer) : tierTable(answer.tiers))
    },
  )

const tierTable = (tiers: readonly TierSummary[]): string =>
  table(
    [
      'TIER',
      'QUEUES',
      'INSTANCES',
      'NODES',
      'EFA',
      'NODES PER JOB',
      'TIME PER JOB',
      'LIFETIME',
      'IDLE TIMEOUT',
      'TAKES',
      'DESCRIPTION',
    ],
    tiers.map(({ name, description, queues, maxNodes, accepts, ...times }): Cell[] => {
      const resources = queues.flatMap(({ computeResources }) => computeResources)
      return [
        name,
        queues.map((queue) => queue.name).join(', '),
        resources.map(({ instanceTypes, maxCount }) => `${maxCount} x ${instanceTypes.join('|')}`).join(', '),
        maxNodes,
        resources.some(({ efa }) => efa) ? 'yes' : 'no',
        limitsOf(queues.map(({ limits }) => limits.maxNodes)),
        limitsOf(queues.map(({ limits }) => limits.maxTime)),
        times.lifetime,
        times.idleTimeout,
        accepts.join(', ') || 'nothing',
        description,
      ]
    }),
  )

const limitsOf = (limits: (string | null)[]): string =>
  [...new Set(limits.map((limit) => limit ?? 'none'))].join(', ')
