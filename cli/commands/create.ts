// Asks for a cluster; the same wish again answers the same cluster.
import type { Command } from 'commander'
import { clusterFacts } from '../cluster-texts.ts'
import { command, type GlobalOptions } from '../command.ts'
import { connect } from '../connect.ts'
import { type LifetimeOptions, lifetimeOf, withLifetime } from '../lifetime-options.ts'
import { json } from '../output.ts'
import { printPlan } from '../print-plan.ts'
import { type ResourceOptions, resourcesOf, withResources } from '../resource-options.ts'
import type { Terminal } from '../terminal.ts'
import { defaultTimeoutSeconds, seconds, waitAndTell } from '../wait-and-tell.ts'

type Options = GlobalOptions &
  ResourceOptions &
  LifetimeOptions & {
    tier?: string
    lustre: boolean
    benchmark: boolean
    dryRun?: boolean
    wait?: boolean
    timeout: number
  }

export const createCommand = (terminal: Terminal): Command =>
  withLifetime(
    withResources(
      command('create', 'Ask for the cluster of a project.', [
        'create my-lab my-project',
        'create my-lab my-project --tier prod-mpi --no-lustre --wait',
        'create my-lab my-project --tier prod-mpi --dry-run > prod-mpi.yaml',
        'create my-lab my-project --lifetime 8h --idle-timeout 30m',
        'create my-lab my-project --nodes 4 --vcpus-per-node 32 --tightly-coupled --max-runtime 12:00:00',
      ]),
    ),
    'from ready on',
  )
    .argument('<virtualLab>', 'the virtual lab')
    .argument('<project>', 'the project')
    .option('--tier <name>', 'the shape of the cluster, see `tiers` (default: debug, or none with --nodes)')
    .option('--no-lustre', "build it without Lustre and the project's data")
    .option('--benchmark', 'run the benchmarks when it is ready', false)
    .option(
      '--dry-run',
      'create nothing: print the configuration that it would have, and what is to be said of it',
    )
    .option('--wait', 'return when it is ready')
    .option('--timeout <seconds>', 'how long --wait waits', seconds, defaultTimeoutSeconds)
    .action(async (virtualLab: string, project: string, _: unknown, self: Command) => {
      const options = self.optsWithGlobals<Options>()
      const { tier, lustre, benchmark } = options
      const resources = resourcesOf(options)
      const { client } = await connect(terminal, self)
      const wish = {
        ...{ virtualLab, project, tier, benchmark },
        // A tier may take no Lustre; only who says something of it can be wrong.
        ...(lustre ? {} : { lustre }),
        ...(resources ? { resources } : {}),
        ...lifetimeOf(options),
      }
      if (options.dryRun) {
        const plan = await client.call('planCluster', { ...wish, dryRun: 'true' })
        return printPlan(terminal, plan, options.json ? plan : undefined)
      }
      const asked = await client.call('createCluster', wish)
      const { name } = asked
      const waited =
        options.wait && (await waitAndTell(client, terminal, { ...options, name, goal: 'ready' }))
      const cluster = waited || asked
      terminal.out(options.json ? json(cluster) : clusterFacts(cluster, terminal.now()))
      if (!options.wait) terminal.err(`Wait for it with: hpc-provisioner wait ${name}\n`)
    })
