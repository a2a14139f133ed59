// From a request to what is booted: the configuration, read; its nodes, capped; the size of each.
import { cpus, totalmem } from 'node:os'
import { type Configuration, readConfiguration } from './configuration.ts'
import { type ComputeNode, type NodeLimits, nodeSize, planNodes } from './nodes.ts'
import type { ClusterRequest } from './outside.ts'
import { leftOutSettings } from './slurm-conf.ts'

/** An idle slurmd takes about 15 MB, so these are bounds for jobs more than for Slurm itself. */
const limits: NodeLimits = { perComputeResource: 16, perCluster: 32 }

export type ClusterPlan = {
  configuration: Configuration
  nodes: ComputeNode[]
  size: { cpus: number; memoryMiB: number }
}

export function planCluster(request: ClusterRequest, log: (line: string) => void): ClusterPlan {
  const configuration = readConfiguration(request.configuration)
  const { nodes, capped } = planNodes(configuration, limits)
  for (const sentence of capped) log(`${request.name}: ${sentence}`)
  const leftOut = leftOutSettings(configuration)
  if (leftOut.length > 0)
    log(`${request.name}: left out of slurm.conf, as this site sets them itself: ${leftOut.join(', ')}.`)
  const machine = { cpus: cpus().length, memoryMiB: totalmem() / 2 ** 20 }
  return { configuration, nodes, size: nodeSize(machine, nodes.length) }
}
