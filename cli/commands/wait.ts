// Waits until a cluster is ready or gone; the exit status says what became of it.
import { type Command, Option } from 'commander'
import { clusterNameOf, namedHow } from '../cluster-name.ts'
import { clusterFacts } from '../cluster-texts.ts'
import { command, type GlobalOptions } from '../command.ts'
import { connect } from '../connect.ts'
import { json } from '../output.ts'
import type { Terminal } from '../terminal.ts'
import { defaultTimeoutSeconds, seconds, waitAndTell } from '../wait-and-tell.ts'
import { type Goal, goals } from '../wait-for.ts'

type Options = GlobalOptions & { for: Goal; timeout: number }

export const waitCommand = (terminal: Terminal): Command =>
  command('wait', 'Wait until a cluster is ready, or gone.', [
    'wait my-lab/my-project',
    'wait my-lab/my-project --for deleted --timeout 900',
  ])
    .argument('<name>', namedHow)
    .addOption(new Option('--for <goal>', 'what to wait for').choices(goals).default('ready'))
    .option('--timeout <seconds>', 'how long at most', seconds, defaultTimeoutSeconds)
    .action(async (named: string, _: unknown, self: Command) => {
      const options = self.optsWithGlobals<Options>()
      const name = await clusterNameOf(named)
      const { client } = await connect(terminal, self)
      const cluster = await waitAndTell(client, terminal, { ...options, name, goal: options.for })
      if (options.json) terminal.out(json(cluster ?? null))
      else if (cluster && options.for === 'ready') terminal.out(clusterFacts(cluster, terminal.now()))
    })
