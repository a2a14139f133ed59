// The options by which `create` asks for resources; any of them makes the cluster a tailor-made one.
import { type Command, InvalidArgumentError } from 'commander'
import type { Resources } from '../core/shape/resources.ts'
import { slurmMinutes } from '../core/shape/slurm-time.ts'

export type ResourceOptions = {
  nodes?: number
  vcpusPerNode?: number
  memoryPerNode?: number
  gpusPerNode?: number
  tightlyCoupled?: boolean
  maxRuntime?: number
}

export const withResources = (command: Command): Command =>
  command
    .option('--nodes <n>', 'instead of a tier, or within it: the smallest shape for so many nodes', number)
    .option('--vcpus-per-node <n>', 'at least so many; cores where --tightly-coupled', number)
    .option('--memory-per-node <GiB>', 'at least so much for jobs', number)
    .option('--gpus-per-node <n>', 'at least so many', number)
    .option('--tightly-coupled', 'for MPI: cores, a placement group, and EFA if any type that fits has it')
    .option(
      '--max-runtime <time>',
      'the longest job: minutes, or as Slurm writes it (12:00:00, 2-00:00:00)',
      time,
    )

/** What the options ask for; `undefined` without any. The service says what is wrong with it. */
export function resourcesOf(options: ResourceOptions): Resources | undefined {
  const asked = {
    nodes: options.nodes,
    vcpusPerNode: options.vcpusPerNode,
    memoryGiBPerNode: options.memoryPerNode,
    gpusPerNode: options.gpusPerNode,
    tightlyCoupled: options.tightlyCoupled,
    maxRuntimeMinutes: options.maxRuntime,
  }
  const given = Object.entries(asked).filter(([, value]) => value !== undefined)
  return given.length > 0 ? (Object.fromEntries(given) as Resources) : undefined
}

function number(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a number.')
}

function time(text: string): number {
  const minutes = slurmMinutes(text)
  if (minutes !== undefined) return minutes
  throw new InvalidArgumentError('It must be minutes, or a time as in 12:00:00 or 2-00:00:00.')
}
