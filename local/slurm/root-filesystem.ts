// The root file system of a cluster: /usr is the machine's, everything else is the cluster's own; needs root.
import { chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { accountIds, shadowOf, systemAccounts } from './accounts.ts'
import { layoutAt } from './layout.ts'
import { run } from './run.ts'

/** What of the machine's /etc a cluster must not see or would stumble over. */
const notCopied = [
  ...[
    'ssh',
    'munge',
    'slurm',
    'slurm-llnl',
    'sudoers',
    'sudoers.d',
    'shadow',
    'gshadow',
    'shadow-',
    'gshadow-',
  ],
  ...[
    'passwd-',
    'group-',
    'subuid',
    'subgid',
    'ssl/private',
    'NetworkManager',
    'wireguard',
    'kubernetes',
    'docker',
  ],
  ...['motd', 'update-motd.d', 'cron.d', 'mtab', 'resolv.conf', 'nologin', 'localtime.private', '.git'],
]

const folders: [path: string, mode: number][] = [
  ...[
    'proc',
    'sys',
    'dev',
    'run',
    'home',
    'mnt',
    'srv',
    'opt/slurm/local',
    'local/home',
    'var/log',
    'var/cache',
  ].map((path): [string, number] => [path, 0o755]),
  ...['var/lib', 'var/spool', 'etc/slurm', 'etc/munge', 'etc/ssh/sshd_config.d', 'etc/parallelcluster'].map(
    (path): [string, number] => [path, 0o755],
  ),
  ['root', 0o700],
  ['tmp', 0o1777],
  ['var/tmp', 0o1777],
]

/** Makes the folder that becomes `/`, with accounts, name service and the folders that daemons write to. */
export async function prepareRoot(root: string, hostname: string, address: string): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o755 })
  // The machine's tools know links, owners and special files; a dangling one of them is no reason to fail.
  await run('cp', ['--archive', '/etc', root])
  for (const path of notCopied) await rm(join(root, 'etc', path), { recursive: true, force: true })
  for (const [path, mode] of folders) {
    await mkdir(join(root, path), { recursive: true })
    await chmod(join(root, path), mode)
  }
  await writeAccounts(root)
  await writeFile(join(root, 'etc/hostname'), `${hostname}\n`)
  await writeFile(join(root, 'etc/hosts'), `127.0.0.1 localhost\n${address} ${hostname}\n`)
  // Nothing outside answers, so nothing outside is asked.
  await writeFile(
    join(root, 'etc/nsswitch.conf'),
    'passwd: files\ngroup: files\nshadow: files\ngshadow: files\nhosts: files\nnetworks: files\n',
  )
  await run('ln', ['-sfn', '../proc/self/mounts', join(root, 'etc/mtab')])
  await run('ln', ['-sfn', '/run', join(root, 'var/run')])
  // The paths under which ParallelCluster has Slurm.
  for (const folder of ['bin', 'sbin'])
    await run('ln', ['-sfn', `/usr/${folder}`, join(root, 'opt/slurm', folder)])
  await run('ln', ['-sfn', '/etc/slurm', join(root, 'opt/slurm/etc')])
}

async function writeAccounts(root: string): Promise<void> {
  const passwd = systemAccounts(await readFile('/etc/passwd', 'utf8'))
  await writeFile(join(root, 'etc/passwd'), passwd)
  await writeFile(join(root, 'etc/group'), systemAccounts(await readFile('/etc/group', 'utf8')))
  await writeFile(join(root, 'etc/shadow'), shadowOf(passwd), { mode: 0o600 })
  await writeFile(join(root, 'etc/gshadow'), '', { mode: 0o600 })
}

/** Gives the folders of munge and Slurm to their accounts. */
export async function giveToDaemons(root: string): Promise<void> {
  const passwd = await readFile(join(root, 'etc/passwd'), 'utf8')
  const at = layoutAt(root)
  const owned: [account: string, path: string, mode: number][] = [
    ['munge', join(root, 'etc/munge'), 0o700],
    ['munge', at.mungeKey, 0o400],
    ['munge', at.mungeState, 0o700],
    ['munge', at.mungeLog, 0o700],
    ['slurm', at.stateSave, 0o700],
    ['slurm', join(at.log, 'slurmctld.log'), 0o644],
    ['slurm', join(at.log, 'slurm_jobcomp.log'), 0o644],
  ]
  for (const [account, path, mode] of owned) {
    const ids = accountIds(passwd, account)
    if (!ids)
      throw new Error(`This machine has no account ${account}: install the packages munge and slurmctld.`)
    await chown(path, ids.uid, ids.gid)
    await chmod(path, mode)
  }
}

/** sshd without PAM takes `!` in the shadow file, as useradd leaves it, for a locked account. */
export async function unlockAccounts(root: string): Promise<void> {
  const path = join(root, 'etc/shadow')
  const shadow = await readFile(path, 'utf8')
  await writeFile(path, shadow.replace(/^([^:]+):!+\*?:/gm, '$1:*:'))
}
