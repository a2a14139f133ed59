// A login on a cluster's head node, or a command there, with the key that was minted for its deployment.
import type { Command } from 'commander'
import type { ClusterView } from '../../core/answers.ts'
import { AppError } from '../../core/errors.ts'
import { clusterNameOf, namedHow } from '../cluster-name.ts'
import { failureOf } from '../cluster-texts.ts'
import { command, type GlobalOptions } from '../command.ts'
import { connect } from '../connect.ts'
import type { Terminal } from '../terminal.ts'

type Options = GlobalOptions & { admin?: boolean; sshOption?: string[] }

/** The default user of ParallelCluster's Amazon Linux images. */
const adminUser = 'ec2-user'

export const sshCommand = (terminal: Terminal): Command =>
  command('ssh', 'Log in to a cluster, or run a command there; the exit status is that of ssh.', [
    'ssh my-lab/my-project',
    'ssh my-lab/my-project -- squeue --me',
    'ssh my-lab/my-project --admin -o ProxyJump=bastion.example.org',
  ])
    .argument('<name>', namedHow)
    .argument('[command...]', 'what to run there, after "--"')
    .option('--admin', `as ${adminUser}, with the administrator's key`)
    .option('-o, --ssh-option <option>', 'an option for ssh, may be repeated', collect)
    .action(async (named: string, remoteCommand: string[], _: unknown, self: Command) => {
      const { admin, sshOption } = self.optsWithGlobals<Options>()
      const name = await clusterNameOf(named)
      const { client, settings } = await connect(terminal, self)
      const { user, address, port, userKeySecretArn, adminKeySecretArn } = loginOf(
        await client.call('getCluster', { name }),
      )
      const { fetchPrivateKey } = await import('../private-key.ts')
      const { runSsh } = await import('../run-ssh.ts')
      const connection = {
        address,
        port,
        user: admin ? adminUser : user,
        privateKey: await fetchPrivateKey(admin ? adminKeySecretArn : userKeySecretArn, settings),
        command: remoteCommand,
        options: sshOption ?? [],
      }
      terminal.exitStatus = await runSsh(connection, terminal.env)
    })

const collect = (option: string, before: string[] = []): string[] => [...before, option]

/** Throws `Unavailable` that says what to do where nobody can log in. */
function loginOf(cluster: ClusterView) {
  const { name, status, ssh } = cluster
  if (ssh?.address) return { ...ssh, address: ssh.address }
  if (status === 'CREATE_COMPLETE')
    throw new AppError('Unavailable', `${name} has no host: this site builds none.`)
  const failure = failureOf(cluster)
  throw new AppError(
    'Unavailable',
    failure
      ? `${name} has no host, it is ${status}. ${failure}`
      : `${name} has no host yet, it is ${status}. Wait for it with: hpc-provisioner wait ${name}`,
  )
}
