// Starts a cluster's daemons in their order: munge, slurmctld, the node launcher, the static nodes; sshd comes last.
import { createConnection } from 'node:net'
import type { Layout } from './layout.ts'
import type { RunOptions } from './run.ts'
import { until } from './run.ts'

/** Runs a program where the cluster is: inside its namespaces, or as the ordinary user. */
export type RunThere = (program: string, args: readonly string[], options?: RunOptions) => Promise<string>

export type DaemonOptions = {
  layout: Layout
  runThere: RunThere
  signal: AbortSignal
  /** Accounts to run munged and slurmctld's FIFO as; none for an ordinary user. */
  accounts: 'own' | 'system'
}

export async function startMunge({ layout, runThere, signal, accounts }: DaemonOptions): Promise<void> {
  await runThere('mkdir', ['-p', '-m', '755', layout.mungeRun, layout.run], { signal })
  const munged = [
    `--socket=${layout.mungeSocket}`,
    `--key-file=${layout.mungeKey}`,
    `--pid-file=${layout.mungeRun}/munged.pid`,
    `--log-file=${layout.mungeLog}/munged.log`,
    `--seed-file=${layout.mungeState}/munge.seed`,
    '--num-threads=4',
    // The group file of a cluster changes while it boots, and then never again.
    '--group-update-time=60',
  ]
  if (accounts === 'own') {
    // The folders' owner is an ordinary user, which munged takes for a danger unless told.
    await runThere('munged', ['--force', ...munged], { signal })
    return
  }
  await runThere('chown', ['munge:munge', layout.mungeRun], { signal })
  await runThere('chown', ['slurm:slurm', layout.run], { signal })
  await runThere('setpriv', ['--reuid=munge', '--regid=munge', '--clear-groups', '--', 'munged', ...munged], {
    signal,
  })
}

export async function startSlurm(options: DaemonOptions & { staticNodes: string[] }): Promise<void> {
  const { layout, runThere, signal, accounts, staticNodes } = options
  await runThere('mkfifo', ['-m', '600', layout.nodeRequests], { signal })
  if (accounts === 'system') await runThere('chown', ['slurm:slurm', layout.nodeRequests], { signal })
  await startSlurmctld(options)
  await runThere('/bin/bash', [
    '-c',
    '"$0" </dev/null >/dev/null 2>&1 &',
    `${layout.programs}/node-launcher.sh`,
  ])
  await requestNodes('start', staticNodes, options)
}

/** With the state of the one before, if there was one. */
export async function startSlurmctld({ layout, runThere, signal }: DaemonOptions): Promise<void> {
  await runThere('slurmctld', ['-i', '-f', layout.slurmConf], { signal }).catch((error) => {
    throw new Error(`slurmctld refused the rendered slurm.conf: ${error.message}`, { cause: error })
  })
  const env = { SLURM_CONF: layout.slurmConf }
  await until(
    async () => (await runThere('scontrol', ['ping'], { env, signal }).catch(() => '')).includes(' UP'),
    {
      seconds: 30,
      message: 'slurmctld did not answer within 30 seconds of its start.',
      stepSeconds: 0.1,
      signal,
    },
  )
}

/** It writes its state down before it ends; jobs and nodes do not notice. */
export const stopSlurmctld = (options: DaemonOptions): Promise<void> => stopDaemon('slurmctld', options)

/** Ends a daemon of Slurm by its pid file, and waits for its end. */
export async function stopDaemon(name: string, { layout, runThere, signal }: DaemonOptions): Promise<void> {
  const pidFile = `${layout.run}/${name}.pid`
  const stop = 'read -r pid <"$0" && kill "$pid" && while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done'
  await runThere('/bin/bash', ['-c', stop, pidFile], { signal, timeoutSeconds: 30 })
}

export async function requestNodes(
  verb: 'start' | 'stop',
  names: string[],
  { layout, runThere, signal }: DaemonOptions,
): Promise<void> {
  if (names.length === 0) return
  const lines = names.map((name) => `${verb} ${name}\n`).join('')
  await runThere('/bin/bash', ['-c', 'printf %s "$1" >"$0"', layout.nodeRequests, lines], { signal })
}

export async function waitForStaticNodes(options: DaemonOptions & { staticNodes: string[] }): Promise<void> {
  const { layout, runThere, signal, staticNodes } = options
  if (staticNodes.length === 0) return
  const env = { SLURM_CONF: layout.slurmConf }
  const args = ['--noheader', '--Node', `--nodes=${staticNodes.join(',')}`, '--format=%N %T']
  await until(
    async () => {
      const lines = (await runThere('sinfo', args, { env, signal })).trim().split('\n')
      return new Set(lines.filter((line) => / (idle|mixed|allocated)$/.test(line))).size >= staticNodes.length
    },
    {
      seconds: 60,
      message: 'The static compute nodes did not register within 60 seconds.',
      stepSeconds: 0.2,
      signal,
    },
  )
}

export async function startSshd(
  { layout, runThere, signal, accounts }: DaemonOptions,
  { address, port }: { address: string; port: number },
): Promise<void> {
  if (accounts === 'system') await runThere('mkdir', ['-p', '-m', '755', '/run/sshd'], { signal })
  // sshd starts itself again for each connection, so it wants its absolute path.
  await runThere('/usr/sbin/sshd', ['-f', layout.sshdConfig], { signal })
  await until(() => canConnect(address, port), {
    seconds: 15,
    message: `sshd did not answer at ${address} port ${port} within 15 seconds.`,
    signal,
  })
}

export const canConnect = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: 1000 })
    const answer = (isOpen: boolean) => () => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.once('connect', answer(true)).once('error', answer(false)).once('timeout', answer(false))
  })
