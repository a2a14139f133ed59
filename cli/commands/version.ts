// The versions of this program and of the service that it speaks to.
import type { Command } from 'commander'
import { command, type GlobalOptions } from '../command.ts'
import { connect } from '../connect.ts'
import { facts, json } from '../output.ts'
import { packageVersion } from '../package-version.ts'
import type { Terminal } from '../terminal.ts'

export const versionCommand = (terminal: Terminal): Command =>
  command('version', 'Show the versions of the service and of this program.', [
    'version',
    'version --json',
  ]).action(async (_: unknown, self: Command) => {
    const { client } = await connect(terminal, self)
    const answer = await client.call('getVersion', {})
    if (self.optsWithGlobals<GlobalOptions>().json) return terminal.out(json(answer))
    terminal.out(
      facts({
        Service: answer.version,
        ParallelCluster: answer.parallelCluster,
        Site: answer.site,
        'This program': packageVersion(),
      }),
    )
  })
