// Asks for a cluster to be deleted. Where a person is at the keyboard, it makes sure first.
import type { Command } from 'commander'
import type { ApiClient } from '../client.ts'
import { clusterNameOf, namedHow } from '../cluster-name.ts'
import { clusterFacts } from '../cluster-texts.ts'
import { command, type GlobalOptions } from '../command.ts'
import { connect } from '../connect.ts'
import { declined } from '../exit-status.ts'
import { json, printable } from '../output.ts'
import type { Terminal } from '../terminal.ts'
import { defaultTimeoutSeconds, seconds, waitAndTell } from '../wait-and-tell.ts'

type Options = GlobalOptions & { yes?: boolean; wait?: boolean; force?: boolean; timeout: number }

export const deleteCommand = (terminal: Terminal): Command =>
  command('delete', 'Delete a cluster, also while it is being created.', [
    'delete my-lab/my-project',
    'delete my-lab/my-project --yes --wait',
    'delete my-lab/my-project --force',
  ])
    .argument('<name>', namedHow)
    .option('-y, --yes', 'do not ask; nothing is asked either where the input is no terminal')
    .option('--wait', 'return when it is gone')
    .option('--force', 'export nothing first, and leave behind what cannot be deleted')
    .option('--timeout <seconds>', 'how long --wait waits', seconds, defaultTimeoutSeconds)
    .action(async (named: string, _: unknown, self: Command) => {
      const options = self.optsWithGlobals<Options>()
      const name = await clusterNameOf(named)
      const { client } = await connect(terminal, self)
      if (!options.yes && terminal.canAsk && !(await isSure(client, terminal, name, options))) {
        terminal.err('Nothing was deleted.\n')
        terminal.exitStatus = declined
        return
      }
      const cluster = await client.call('deleteCluster', {
        name,
        ...(options.force ? { force: 'true' } : {}),
      })
      if (options.wait) await waitAndTell(client, terminal, { ...options, name, goal: 'deleted' })
      terminal.out(options.json ? json(cluster) : options.wait ? '' : clusterFacts(cluster, terminal.now()))
      if (!options.wait) terminal.err(`Wait for it with: hpc-provisioner wait ${name} --for deleted\n`)
    })

/** Throws `ClusterNotFound`. */
async function isSure(
  client: ApiClient,
  terminal: Terminal,
  name: string,
  { force }: Options,
): Promise<boolean> {
  const { virtualLab, project, status } = await client.call('getCluster', { name })
  const question = force
    ? `Delete the cluster ${name} of ${virtualLab}/${project}, which is ${status}, by force? Data that are not exported are lost. [y/N] `
    : `Delete the cluster ${name} of ${virtualLab}/${project}, which is ${status}? [y/N] `
  return /^y(es)?$/i.test((await terminal.ask(printable(question))).trim())
}
