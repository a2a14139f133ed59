// The laptop's accounting database: a real MariaDB with a folder of its own, shared by all clusters as RDS is. Its data
// stay when it stops, so that the history outlives `npm start` as it outlives clusters.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager'
import { freePort } from './emulator.ts'
import type { LocalDatabase } from './slurm/accounting.ts'
import { accountIds } from './slurm/accounts.ts'
import { isRunning, type StartedProcess, startedProcess } from './slurm/records.ts'
import { ended, until } from './slurm/run.ts'

export type MariaDb = LocalDatabase & {
  /** One who may make databases and users, as RDS's administrator may. */
  admin: { username: string; password: string }
  stop(): Promise<void>
}

type Folders = { data: string; socket: string; log: string }

// Where root's server finds them, whatever the path of ours is: that of a home is closed to the account mysql.
const usual = { data: '/var/lib/mysql', socket: '/run/mysqld' }

/** Starts it at a port of its own; `host` is the name by which the functions reach this machine. */
export async function startMariaDb(stateDir: string, host: string): Promise<MariaDb> {
  const folder = join(stateDir, 'mariadb')
  const at = {
    data: join(folder, 'data'),
    socket: join(folder, 'run'),
    log: join(stateDir, 'log', 'mariadb.log'),
  }
  const stamp = join(folder, 'installed')
  const record = join(folder, 'process.json')
  await endEarlier(record)
  // What an interrupted installation left is no database.
  if (!existsSync(stamp)) rmSync(at.data, { recursive: true, force: true })
  rmSync(at.log, { force: true })
  makeFolders(at)
  const place = asRoot() ? usual : at
  if (!existsSync(stamp)) {
    const args = [`--datadir=${place.data}`, '--skip-test-db', '--auth-root-authentication-method=normal']
    const install = inPlace(at, 'mariadb-install-db', ['--no-defaults', ...args])
    await ended(install)
    if (install.exitCode !== 0) throw new Error(`MariaDB could not be set up: see ${at.log}.`)
    writeFileSync(stamp, '')
  }
  const admin = { username: 'admin', password: randomBytes(24).toString('hex') }
  const port = await freePort(3306)
  const setUp = writeSetUp(at, admin)
  const server = inPlace(at, 'mariadbd', [
    '--no-defaults',
    `--datadir=${place.data}`,
    // Without a view of its own, beside its data: paths of sockets have at most 107 characters, which ours may exceed.
    `--socket=${asRoot() ? `${place.socket}/` : ''}mysqld.sock`,
    `--pid-file=${place.socket}/mysqld.pid`,
    `--init-file=${place.data}/${setUp}`,
    `--port=${port}`,
    // Only functions from elsewhere need more than loopback; every login has a password.
    `--bind-address=${host === '127.0.0.1' ? host : '0.0.0.0'}`,
    ...settings,
  ])
  writeFileSync(record, JSON.stringify(startedProcess(server.pid ?? 0)))
  const stop = async () => {
    server.kill('SIGTERM')
    await ended(server)
  }
  const log = `see ${at.log}.`
  await until(async () => server.exitCode !== null || (await answers(port)), {
    seconds: 60,
    stepSeconds: 0.1,
    message: `MariaDB did not answer within 60 seconds of its start: ${log}`,
  }).catch(async (error) => {
    await stop()
    throw error
  })
  if (server.exitCode !== null) throw new Error(`MariaDB ended at its start: ${log}`)
  rmSync(join(at.data, setUp))
  return { uri: `${host}:${port}`, socketFolder: at.socket, admin, stop }
}

/** Slurm's advice, in a size for a laptop: see lib/accounting-stack.ts. */
const settings = [
  '--innodb-buffer-pool-size=64M',
  '--innodb-log-file-size=48M',
  '--innodb-lock-wait-timeout=900',
  '--max-allowed-packet=64M',
  '--character-set-server=utf8mb4',
  '--innodb-flush-log-at-trx-commit=2',
  '--performance-schema=OFF',
  '--skip-name-resolve',
]

// Those that RDS gives its administrator, and no others: Amazon RDS user guide, "Master user account privileges".
const adminRights = [
  'SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES',
  'CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW',
  'CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER',
].join(', ')

/** Run by the server itself at its start: nobody logs in without a password, root neither, and the administrator has a new one. */
function writeSetUp(at: Folders, { username, password }: MariaDb['admin']): string {
  const name = 'set-up.sql'
  const file = join(at.data, name)
  const statements = [
    "DELETE FROM mysql.global_priv WHERE user IN ('', 'root')",
    'FLUSH PRIVILEGES',
    `CREATE OR REPLACE USER '${username}'@'%' IDENTIFIED BY '${password}'`,
    `GRANT ${adminRights} ON *.* TO '${username}'@'%' WITH GRANT OPTION`,
  ]
  writeFileSync(file, statements.map((statement) => `${statement};\n`).join(''), { mode: 0o600 })
  giveToServer(file)
  return name
}

const asRoot = (): boolean => process.getuid?.() === 0

function makeFolders({ data, socket }: Folders): void {
  for (const path of [data, socket]) {
    mkdirSync(path, { recursive: true, mode: 0o755 })
    giveToServer(path)
  }
  chmodSync(data, 0o700)
}

function giveToServer(path: string): void {
  const mysql = accountIds(readFileSync('/etc/passwd', 'utf8'), 'mysql')
  if (asRoot() && mysql) chownSync(path, mysql.uid, mysql.gid)
}

// As the account mysql, in a view of the file system of its own, where our folders are the usual ones. The end of this
// process ends it, and it ends as after a SIGTERM; setpriv says so last, because a change of account forgets it.
const ownView = `
mkdir -p /run/mysqld
mount --bind "$1" /var/lib/mysql
mount --bind "$2" /run/mysqld
shift 2
exec setpriv --reuid=mysql --regid=mysql --clear-groups --pdeathsig=TERM -- "$@"`

function inPlace({ data, socket, log }: Folders, program: string, args: string[]): ChildProcess {
  const out = openSync(log, 'a')
  const command = asRoot()
    ? ['unshare', '--mount', '--', '/bin/sh', '-euc', ownView, 'sh', data, socket, program, ...args]
    : ['setpriv', '--pdeathsig=TERM', '--', program, ...args]
  return spawn(command[0] as string, command.slice(1), {
    cwd: '/',
    // Detached, so that a Ctrl-C at the terminal reaches us only.
    detached: true,
    stdio: ['ignore', out, out],
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' },
  })
}

/** A server of a run that was killed may still be shutting down, and has the data until then. */
async function endEarlier(record: string): Promise<void> {
  if (!existsSync(record)) return
  const earlier = (JSON.parse(readFileSync(record, 'utf8')) as StartedProcess[]).filter(isRunning)
  for (const { pid } of earlier) process.kill(pid, 'SIGTERM')
  await until(async () => !earlier.some(isRunning), {
    seconds: 60,
    stepSeconds: 0.1,
    message: `The MariaDB of an earlier run does not end: process ${earlier[0]?.pid}.`,
  })
}

/** Whether it greets: a port that is open is not yet a server that has read its set-up. */
const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port, timeout: 1000 })
    const answer = (isThere: boolean) => () => {
      socket.destroy()
      resolve(isThere)
    }
    socket.once('data', answer(true)).once('error', answer(false)).once('timeout', answer(false))
  })

/** Puts the administrator's password where the accounting function reads it, and answers its ARN. */
export async function storeAdmin({ admin }: MariaDb, config: SecretsManagerClientConfig): Promise<string> {
  const client = new SecretsManagerClient(config)
  const [name, SecretString] = ['hpc-local/accounting-administrator', JSON.stringify(admin)]
  const made = await client.send(new CreateSecretCommand({ Name: name, SecretString })).catch((error) => {
    // A LocalStack that runs on has that of an earlier run.
    if (error.name === 'ResourceExistsException') return undefined
    throw error
  })
  const stored = made ?? (await client.send(new PutSecretValueCommand({ SecretId: name, SecretString })))
  return stored.ARN ?? name
}
