// Runs the head node's custom actions, as ParallelCluster does: fetched from S3, one after the other, as root.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Script } from './configuration.ts'
import { type Namespaces, runInside } from './namespaces.ts'
import type { Outside } from './outside.ts'
import { ProgramFailed } from './run.ts'

export async function runScripts(
  event: 'OnNodeStart' | 'OnNodeConfigured' | 'OnNodeUpdated',
  scripts: Script[],
  cluster: { namespaces: Namespaces; root: string; outside: Outside; signal: AbortSignal },
): Promise<void> {
  for (const [index, { Script: url, Args }] of scripts.entries()) {
    cluster.signal.throwIfAborted()
    const path = `/opt/slurm/local/scripts/${event}-${index}-${fileName(url)}`
    await mkdir(join(cluster.root, '/opt/slurm/local/scripts'), { recursive: true, mode: 0o700 })
    await writeFile(join(cluster.root, path), await fetchScript(cluster.outside, url), { mode: 0o700 })
    await runInside(cluster.namespaces, path, Args, { signal: cluster.signal, timeoutSeconds: 300 }).catch(
      (error) => {
        const why = error instanceof ProgramFailed && error.lastLine ? error.lastLine : error.message
        throw new Error(`The ${event} script ${fileName(url)} failed on the head node: ${why}`, {
          cause: error,
        })
      },
    )
  }
}

const fileName = (url: string): string => (url.split('/').at(-1) ?? '').replace(/[^\w.-]/g, '_') || 'script'

const fetchScript = (outside: Outside, url: string): Promise<string> =>
  outside.script(url).catch((error) => {
    throw new Error(`The node script ${url} could not be read: ${error.message}`, { cause: error })
  })
