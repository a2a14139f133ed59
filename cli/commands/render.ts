// The finished ParallelCluster configuration of a tier, from cluster-configs/ alone: no AWS, no network.
import type { Command } from 'commander'
import { command, type GlobalOptions } from '../command.ts'
import { json } from '../output.ts'
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
      const { configuration, findings } = await plan(tier, options)
      terminal.out(options.json ? json(configuration) : await yamlOf(configuration))
      for (const { level, path, message } of findings) terminal.err(`${level} ${path}: ${message}\n`)
      if (findings.some(({ level }) => level === 'ERROR')) terminal.exitStatus = 1
    })

async function plan(tier: string, { region = 'us-east-1', lustre, benchmark = false }: Options) {
  const [{ planOf }, { requireTier }, { readTemplates }, { exampleSite }] = await Promise.all([
    import('../../core/plan.ts'),
    import('../../core/shape/tiers.ts'),
    import('../../lib/read-templates.ts'),
    import('../example-site.ts'),
  ])
  const known = { templates: readTemplates(), site: exampleSite(region) }
  requireTier(known, tier)
  return planOf(known, { virtualLab: 'virtual-lab', project: 'project', tier, lustre, benchmark })
}

async function yamlOf(configuration: object): Promise<string> {
  const { stringify } = await import('yaml')
  // As ParallelCluster reads it: a text that looks like a number of YAML 1.1 must be quoted.
  return stringify(configuration, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })
}
