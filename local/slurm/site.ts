// The Slurm site: boots and destroys clusters on this machine, many at once, and ends what a killed run left.
import { mkdir } from 'node:fs/promises'
import type { LocalDatabase } from './accounting.ts'
import { bootAsRoot } from './boot-as-root.ts'
import { bootAsUser, removePlace } from './boot-as-user.ts'
import { unplug } from './network.ts'
import type { ClusterRequest, HeadNode, Outside } from './outside.ts'
import { isRunning, readRecords, removeFolder } from './records.ts'
import { until } from './run.ts'

export type SiteOptions = {
  /** Where clusters and EFS folders are kept. Clusters of an earlier run in it are removed. */
  stateDir: string
  outside: Outside
  /** The accounting database of this machine, where it runs one. */
  database?: LocalDatabase
  log: (line: string) => void
}

export type RunningCluster = {
  headNode: HeadNode
  update(request: ClusterRequest, signal: AbortSignal): Promise<void>
  destroy(): Promise<void>
}

export type BootOptions = SiteOptions & {
  signal: AbortSignal
  /** The network devices of clusters that this site has. */
  devices: Set<string>
}

export type SlurmSite = {
  /** Resolves when the cluster takes logins and jobs. When it fails or is aborted, nothing of it is left. */
  boot(request: ClusterRequest, signal: AbortSignal): Promise<HeadNode>
  /** Gives a cluster that runs other queues while its jobs run on. When it fails, the cluster is as it was. */
  update(request: ClusterRequest, signal: AbortSignal): Promise<void>
  /** Destroys a cluster, running jobs included; nothing to destroy is success. */
  destroy(name: string): Promise<void>
  stop(): Promise<void>
}

export async function startSlurmSite(options: SiteOptions): Promise<SlurmSite> {
  await mkdir(options.stateDir, { recursive: true, mode: 0o711 })
  await removeLeftovers(options)
  const boot = process.getuid?.() === 0 ? bootAsRoot : bootAsUser
  const running = new Map<string, RunningCluster>()
  const devices = new Set<string>()
  const destroy = async (name: string) => {
    await running.get(name)?.destroy()
    running.delete(name)
  }
  return {
    boot: async (request, signal) => {
      await destroy(request.name)
      const startedAt = performance.now()
      const cluster = await boot(request, { ...options, signal, devices })
      running.set(request.name, cluster)
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
      options.log(`${request.name}: Slurm runs at ${cluster.headNode.address} after ${seconds} s.`)
      return cluster.headNode
    },
    update: async (request, signal) => {
      const cluster = running.get(request.name)
      if (!cluster) throw new Error(`There is no cluster ${request.name}.`)
      await cluster.update(request, signal)
      options.log(`${request.name}: updated; jobs run on.`)
    },
    destroy,
    stop: async () => {
      await Promise.all([...running.keys()].map(destroy))
    },
  }
}

/** Ends only processes whose number and start time this site wrote down itself. */
async function removeLeftovers({ stateDir, log }: SiteOptions): Promise<void> {
  for (const record of readRecords(stateDir)) {
    const processes = record.processes.filter(isRunning)
    for (const { pid } of processes) process.kill(pid, 'SIGKILL')
    await until(async () => !processes.some(isRunning), {
      seconds: 10,
      message: `Processes of the earlier cluster ${record.name} do not end: ${processes.map(({ pid }) => pid).join(', ')}.`,
    })
    if (record.device) await unplug(record.device)
    if (record.place) await removePlace(record.place)
    await removeFolder(stateDir, record.name)
    log(`${record.name}: removed what an earlier run left.`)
  }
}
