// Gives a cluster that runs other queues: nodes and limits change, jobs run on. Slurm 22.05 takes new nodes by a start
// of slurmctld only (slurm.conf(5), "scontrol reconfigure"), which keeps its state; slurmd and slurmstepd run on.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { writeNodeList } from './cluster-files.ts'
import {
  type DaemonOptions,
  requestNodes,
  startSlurmctld,
  stopSlurmctld,
  waitForStaticNodes,
} from './daemons.ts'
import { layoutAt } from './layout.ts'
import type { ComputeNode } from './nodes.ts'
import { until } from './run.ts'
import { renderSlurmConf, type SlurmConf } from './slurm-conf.ts'

export type SlurmUpdate = {
  /** The cluster's root as the machine sees it. */
  root: string
  before: SlurmConf
  after: SlurmConf
  daemons: DaemonOptions
}

export async function updateSlurm({ root, before, after, daemons }: SlurmUpdate): Promise<void> {
  const { slurmConf, programs } = layoutAt(root)
  const text = renderSlurmConf(after)
  const old = await readFile(slurmConf, 'utf8')
  if (text === old) return
  const [added, removed] = [without(after.nodes, before.nodes), without(before.nodes, after.nodes)]
  if (removed.length > 0) await stopNodes(root, removed, daemons)
  await stopSlurmctld(daemons)
  try {
    await replace(slurmConf, text)
    await writeNodeList(programs, after.nodes)
    await startSlurmctld(daemons)
  } catch (error) {
    await replace(slurmConf, old)
    await writeNodeList(programs, before.nodes)
    await startSlurmctld(daemons)
    throw error
  }
  // The nodes that run learn of the others, too.
  await daemons.runThere('scontrol', ['reconfigure'], {
    env: { SLURM_CONF: daemons.layout.slurmConf },
    signal: daemons.signal,
  })
  const staticNodes = added.filter((node) => node.isStatic).map((node) => node.name)
  await requestNodes('start', staticNodes, daemons)
  await waitForStaticNodes({ ...daemons, staticNodes })
}

async function stopNodes(root: string, nodes: ComputeNode[], daemons: DaemonOptions): Promise<void> {
  const { signal, layout, runThere } = daemons
  const names = nodes.map((node) => node.name)
  await requestNodes('stop', names, daemons)
  const pidFiles = names.map((name) => `${layout.run}/slurmd.${name}.pid`)
  await until(
    async () =>
      (await runThere('/bin/bash', ['-c', 'ls "$@" 2>/dev/null || true', 'ls', ...pidFiles])) === '',
    { seconds: 15, stepSeconds: 0.2, message: `Nodes do not stop in ${root}: ${names.join(', ')}.`, signal },
  )
}

const without = (nodes: ComputeNode[], others: ComputeNode[]): ComputeNode[] => {
  const names = new Set(others.map((node) => node.name))
  return nodes.filter((node) => !names.has(node.name))
}

/** Whoever reads it meanwhile reads the old or the new one. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o644 })
  await rename(`${file}.new`, file)
}
