// A cluster's accounting: a slurmdbd of its own beside slurmctld, as ParallelCluster has it on the head node, with the
// project's database in the MariaDB that all clusters share.
import { writeFile } from 'node:fs/promises'
import type { Configuration } from './configuration.ts'
import { type DaemonOptions, stopDaemon } from './daemons.ts'
import { type Layout, layoutAt } from './layout.ts'
import type { Bind } from './namespaces.ts'
import type { Outside } from './outside.ts'
import { until } from './run.ts'
import type { SlurmConf } from './slurm-conf.ts'
import { authAltLines, slurmRestOf } from './slurm-rest.ts'

/** The MariaDB of this machine. */
export type LocalDatabase = {
  /** host:port, as in the configuration's Database.Uri. */
  uri: string
  /** The folder of its socket. */
  socketFolder: string
}

export type ClusterAccounting = LocalDatabase & { name: string; user: string; password: string }

/** What the configuration asks for; undefined where it asks for none. */
export async function accountingFor(
  { Scheduling }: Configuration,
  { database, outside }: { database?: LocalDatabase | undefined; outside: Pick<Outside, 'secret'> },
): Promise<ClusterAccounting | undefined> {
  const wanted = Scheduling.SlurmSettings.Database
  if (!wanted) return undefined
  const { Uri, UserName, DatabaseName, PasswordSecretArn } = wanted
  if (database?.uri !== Uri || DatabaseName === undefined)
    throw new Error(`This site reaches no database at ${Uri}: its own is ${database?.uri ?? 'not running'}.`)
  return {
    ...database,
    name: DatabaseName,
    user: UserName,
    password: await outside.secret(PasswordSecretArn),
  }
}

/** A cluster with a network of its own reaches the database by its socket, where MariaDB's library looks for it. */
export const databaseBinds = (accounting: ClusterAccounting | undefined): Bind[] =>
  accounting ? [{ source: accounting.socketFolder, target: '/run/mysqld' }] : []

/** Starts slurmdbd, and makes known to it who ParallelCluster makes known: the cluster, an account, its administrators. */
export async function startAccounting(
  root: string,
  slurm: SlurmConf,
  accounting: ClusterAccounting,
  daemons: DaemonOptions,
): Promise<void> {
  const { layout, runThere, signal, accounts } = daemons
  await writeFile(layoutAt(root).slurmdbdConf, renderSlurmdbdConf(slurm, accounting, accounts), {
    mode: 0o600,
  })
  await writeFile(`${layoutAt(root).log}/slurmdbd.log`, '')
  if (accounts === 'system')
    await runThere('chown', ['slurm:slurm', layout.slurmdbdConf, `${layout.log}/slurmdbd.log`], { signal })
  const env = { SLURM_CONF: layout.slurmConf }
  await startSlurmdbd(daemons)
  const sacctmgr = (...args: string[]) =>
    runThere('sacctmgr', ['--immediate', '--quiet', '--noheader', '--parsable2', ...args], { env, signal })
  await until(
    () =>
      sacctmgr('show', 'clusters').then(
        () => true,
        () => false,
      ),
    {
      seconds: 60,
      stepSeconds: 0.1,
      message: 'slurmdbd did not answer within 60 seconds of its start.',
      signal,
    },
  )
  const administrators = [slurm.slurmUser, ...(accounts === 'system' ? ['ec2-user'] : [])]
  await known(sacctmgr, ['clusters', `cluster=${slurm.clusterName}`], ['cluster', slurm.clusterName])
  await known(
    sacctmgr,
    ['accounts', 'account=pcdefault'],
    ['account', 'pcdefault', `Cluster=${slurm.clusterName}`],
  )
  for (const user of administrators)
    await known(sacctmgr, ['users', `user=${user}`], ['user', user, 'Account=pcdefault', 'AdminLevel=Admin'])
}

const startSlurmdbd = ({ layout, runThere, signal }: DaemonOptions): Promise<string> =>
  runThere('slurmdbd', [], { env: { SLURM_CONF: layout.slurmConf }, signal })

/** Once the identity provider's keys have changed. slurmctld keeps what it has to say until slurmdbd is back. */
export async function restartSlurmdbd(daemons: DaemonOptions): Promise<void> {
  await stopDaemon('slurmdbd', daemons)
  await startSlurmdbd(daemons)
}

type Sacctmgr = (...args: string[]) => Promise<string>

/** An earlier cluster of the project may have left it; adding what is there is an error. */
async function known(sacctmgr: Sacctmgr, shown: string[], added: string[]): Promise<void> {
  const isThere = async () => (await sacctmgr('show', ...shown)).trim() !== ''
  if (await isThere()) return
  await sacctmgr('add', ...added)
  if (!(await isThere())) throw new Error(`sacctmgr said nothing and did not add ${added.join(' ')}.`)
}

/** slurmdbd.conf, which holds the password and is its daemon's alone. */
export function renderSlurmdbdConf(
  { headNode, slurmdbdPort, slurmUser, layout, configuration }: SlurmConf,
  { uri, name, user, password }: ClusterAccounting,
  accounts: DaemonOptions['accounts'],
): string {
  const [host, port] = uri.split(':')
  const rest = slurmRestOf(configuration)
  return `${[
    `DbdHost=${headNode.hostname}`,
    `DbdAddr=${headNode.address}`,
    `DbdPort=${slurmdbdPort}`,
    `SlurmUser=${slurmUser}`,
    ...authentication(layout),
    ...(rest ? authAltLines(layout.jwks, rest.userClaimField) : []),
    `LogFile=${layout.log}/slurmdbd.log`,
    `PidFile=${layout.run}/slurmdbd.pid`,
    'StorageType=accounting_storage/mysql',
    // By this name the library takes the socket.
    `StorageHost=${accounts === 'system' ? 'localhost' : host}`,
    `StoragePort=${port}`,
    `StorageUser=${user}`,
    `StoragePass=${password}`,
    `StorageLoc=${name}`,
  ].join('\n')}\n`
}

const authentication = ({ mungeSocket }: Layout): string[] => [
  'AuthType=auth/munge',
  `AuthInfo=socket=${mungeSocket}`,
]
