// Slurm's REST API on a cluster's head node: the identity provider's keys, slurmrestd, and fresh keys when they change.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Configuration } from './configuration.ts'
import { canConnect, type DaemonOptions, startSlurmctld, stopSlurmctld } from './daemons.ts'
import { layoutAt } from './layout.ts'
import type { Outside } from './outside.ts'
import { until } from './run.ts'

export type SlurmRest = {
  /** The s3:// address of the identity provider's keys. */
  keysUrl: string
  /** The claim of a token that names its Slurm user. */
  userClaimField: string
}

/** What the configuration says of the REST API; undefined where it has none. */
export function slurmRestOf({ HeadNode, Scheduling }: Configuration): SlurmRest | undefined {
  const parameters = Scheduling.SlurmSettings.CustomSlurmSettings.flatMap(
    ({ AuthAltParameters }) => AuthAltParameters ?? [],
  ).join(',')
  if (!parameters.includes('jwks=')) return undefined
  const userClaimField = /userclaimfield=([^,\s]+)/.exec(parameters)?.[1] ?? 'sun'
  const args = HeadNode.CustomActions.OnNodeStart.flatMap((script) => script.Args)
  const keysUrl = args.find((argument) => /^s3:\/\/.+\/jwks\.json$/.test(argument))
  if (!keysUrl)
    throw new Error('AuthAltParameters names a jwks file, but no OnNodeStart script has its s3:// address.')
  return { keysUrl, userClaimField }
}

/** For slurm.conf and slurmdbd.conf alike. */
export const authAltLines = (jwksFile: string, userClaimField: string): string[] => [
  'AuthAltTypes=auth/jwt',
  `AuthAltParameters=jwks=${jwksFile},userclaimfield=${userClaimField}`,
]

export type Keys = {
  /** The cluster's root as the machine sees it. */
  root: string
  keysUrl: string
  outside: Outside
}

/** The site brings the keys, since a cluster reaches no S3. Slurm refuses a file that others may write. */
export async function bringKeys({ root, keysUrl, outside }: Keys): Promise<void> {
  const text = await outside.script(keysUrl).catch((error) => {
    throw new Error(`The identity provider's keys ${keysUrl} could not be read: ${error.message}`, {
      cause: error,
    })
  })
  await replace(layoutAt(root).jwks, text)
}

export type SlurmrestdOptions = DaemonOptions & { root: string; address: string; port: number }

export async function startSlurmrestd(options: SlurmrestdOptions): Promise<void> {
  const { root, layout, runThere, signal, accounts, address, port } = options
  const hasAccounting = (await readFile(layoutAt(root).slurmConf, 'utf8')).includes(
    'accounting_storage/slurmdbd',
  )
  // The script slurmrestd.sh has made this account; an ordinary user has none but their own, which is Slurm's too.
  const as =
    accounts === 'system'
      ? ['setpriv', '--reuid=slurmrestd', '--regid=slurmrestd', '--clear-groups', '--']
      : []
  const env = {
    SLURM_CONF: layout.slurmConf,
    SLURM_JWT: 'daemon',
    ...(accounts === 'own' ? { SLURMRESTD_SECURITY: 'disable_user_check' } : {}),
  }
  const [program = '', ...args] = [...as, 'slurmrestd']
  const listed = await runThere('/bin/bash', ['-c', '"$0" "$@" -s list 2>&1', program, ...args], {
    env,
    signal,
  })
  const plugins = apiPlugins(listed, hasAccounting)
  const rest = ['-a', 'rest_auth/jwt', '-s', plugins.join(','), `${address}:${port}`]
  const inBackground = 'log=$0; "$@" </dev/null >>"$log" 2>&1 &'
  await runThere(
    '/bin/bash',
    ['-c', inBackground, `${layout.log}/slurmrestd.log`, program, ...args, ...rest],
    {
      env,
      signal,
    },
  )
  await until(() => canConnect(address, port), {
    seconds: 15,
    message: `slurmrestd did not answer at ${address} port ${port} within 15 seconds.`,
    signal,
  })
}

/** Of those that this Slurm has: the accounting ones end slurmrestd where there is no slurmdbd. */
export const apiPlugins = (listed: string, hasAccounting: boolean): string[] =>
  Array.from(listed.matchAll(/openapi\/[\w.]+/g), ([plugin]) => plugin).filter(
    (plugin) => hasAccounting || !/\/(db|slurmdbd)/.test(plugin),
  )

export type KeysWatch = Keys & {
  name: string
  daemons: DaemonOptions
  /** Starts the other daemons again that read the keys at their start. */
  restartOthers?: ((daemons: DaemonOptions) => Promise<void>) | undefined
  /** Runs work when no other work is done on the cluster's daemons. */
  inTurn: (work: () => Promise<void>) => Promise<void>
  log: (line: string) => void
  pollSeconds?: number
}

/**
 * Starts slurmctld again whenever the keys have changed, since it reads them at its start only; jobs run on, and
 * slurmrestd only hands tokens on. Answers what ends the watch.
 */
export function watchKeys({
  name,
  root,
  keysUrl,
  outside,
  daemons,
  restartOthers,
  inTurn,
  log,
  ...rest
}: KeysWatch): () => Promise<void> {
  const stopping = new AbortController()
  const { signal } = stopping
  const file = layoutAt(root).jwks
  const mine = { ...daemons, signal }
  let refused: string | undefined
  const look = async () => {
    // What cannot be read now can be read at the next look.
    const after = await outside.script(keysUrl).catch(() => undefined)
    const before = await readFile(file, 'utf8')
    if (after === undefined || after === before || after === refused) return
    await inTurn(async () => {
      signal.throwIfAborted()
      await replace(file, after)
      await stopSlurmctld(mine)
      await startSlurmctld(mine).catch(async (error) => {
        refused = after
        await replace(file, before)
        await startSlurmctld(mine)
        throw error
      })
      await restartOthers?.(mine)
      log(`${name}: Slurm has the identity provider's new keys; jobs run on.`)
    })
  }
  const watching = (async () => {
    while (!signal.aborted) {
      await sleep((rest.pollSeconds ?? 2) * 1000, undefined, { signal }).catch(() => {})
      if (!signal.aborted)
        await look().catch((error) => signal.aborted || log(`${name}: new keys: ${error.message}`))
    }
  })()
  return async () => {
    stopping.abort()
    await watching
  }
}

/** Whoever reads it meanwhile reads the old or the new one. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o644 })
  await rename(`${file}.new`, file)
}
