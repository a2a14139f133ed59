// The finished ParallelCluster configuration of a tier, from cluster-configs/ alone: no AWS, no network.
import type { Command } from 'commander'
import { command, type GlobalOptions } from '../command.ts'
import { printPlan } from '../print-plan.ts'
import type { Terminal } from '../terminal.ts'

type Options = GlobalOptions & { lustre: boolean; benchmark?: boolean }

export const renderCommand = (terminal: Terminal): Command =>
  command('render', 'Print the ParallelCluster configuration of a tier, offline.', [
    'render debug',
    'render prod-mpi --no-lustre > prod-mpi.yaml',
  ])
    .argument('<tier>', 'a file of cluster-configs/tiers, without its ending')
    .option('--no-lustre', 'without FSx for Lustre')
    .option('--benchmark', 'for measurements: jobs share no node')
    .action(async (tier: string, _: unknown, self: Command) => {
      const options = self.optsWithGlobals<Options>()
      const rendered = await plan(tier, options)
      await printPlan(terminal, rendered, options.json ? rendered.configuration : undefined)
    })

async function plan(tier: string, { region = 'us-east-1', lustre, benchmark = false }: Options) {
  const [{ planOf }, { askedFor, requireAsked }, { readTemplates }, { exampleSite }] = await Promise.all([
    import('../../core/plan.ts'),
    import('../../core/shape/tiers.ts'),
    import('../../lib/read-templates.ts'),
    import('../example-site.ts'),
  ])
  const known = { templates: readTemplates(), site: exampleSite(region) }
  const wish = { virtualLab: 'virtual-lab', project: 'project', tier, benchmark }
  const asked = askedFor(known, { ...wish, ...(lustre ? {} : { lustre }) })
  requireAsked(known, asked)
  return planOf(known, { ...wish, ...asked })
}
