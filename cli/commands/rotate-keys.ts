// New SSH keys for a cluster that runs: its jobs go on, and `ssh` takes those that the cluster has at the time.
import { type Command, Option } from 'commander'
import type { ClusterView } from '../../core/answers.ts'
import { AppError } from '../../core/errors.ts'
import { clusterNameOf, namedHow } from '../cluster-name.ts'
import { command, type GlobalOptions } from '../command.ts'
import { connect } from '../connect.ts'
import { json } from '../output.ts'
import type { Terminal } from '../terminal.ts'
import { seconds } from '../wait-and-tell.ts'

type Options = GlobalOptions & { only?: 'user' | 'admin'; wait?: boolean; timeout: number }

const lookSeconds = 3
const defaultTimeoutSeconds = 1800

export const rotateKeysCommand = (terminal: Terminal): Command =>
  command('rotate-keys', 'Give a running cluster new SSH keys; the old ones end once the new ones work.', [
    'rotate-keys my-lab/my-project --wait',
    'rotate-keys my-lab/my-project --only admin',
  ])
    .argument('<name>', namedHow)
    .addOption(new Option('--only <whose>', 'one pair in place of both').choices(['user', 'admin']))
    .option('--wait', 'return when the old keys are refused')
    .option('--timeout <seconds>', 'how long --wait waits', seconds, defaultTimeoutSeconds)
    .action(async (named: string, _: unknown, self: Command) => {
      const { only, wait, timeout, json: asJson } = self.optsWithGlobals<Options>()
      const name = await clusterNameOf(named)
      const { client } = await connect(terminal, self)
      let cluster = await client.call('rotateKeys', { name, ...(only ? { which: [only] } : {}) })
      const until = terminal.now().getTime() + timeout * 1000
      while (wait && isUnderWay(cluster) && terminal.now().getTime() < until) {
        await terminal.sleep(lookSeconds)
        cluster = await client.call('getCluster', { name })
      }
      terminal.out(asJson ? json(cluster) : facts(cluster))
      const { state, message } = cluster.keys ?? {}
      if (state === 'failed') throw new AppError('Unavailable', message ?? 'The rotation stopped.')
      if (wait && isUnderWay(cluster))
        throw new AppError(
          'Unavailable',
          `The keys of ${name} are still being changed. Look again: get ${name}.`,
        )
    })

const isUnderWay = ({ keys }: ClusterView): boolean => ['installing', 'retiring'].includes(keys?.state ?? '')

const facts = ({ name, keys, ssh }: ClusterView): string =>
  [
    `${name}: keys ${keys?.state}`,
    `  user   ${ssh?.userKeySecretArn}`,
    `  admin  ${ssh?.adminKeySecretArn}`,
    '',
  ].join('\n')
