// Which compute nodes a cluster has here: named as ParallelCluster names them, as many as this machine bears.
import type { Configuration } from './configuration.ts'

export type ComputeNode = {
  name: string
  queue: string
  computeResource: string
  instanceType: string
  /** Static nodes (MinCount) run from the start, dynamic ones when a job needs them. */
  isStatic: boolean
}

export type NodeLimits = { perComputeResource: number; perCluster: number }
export type NodePlan = {
  nodes: ComputeNode[]
  /** What was left out, one sentence each. */
  capped: string[]
}

type Wish = {
  queue: string
  computeResource: string
  instanceType: string
  min: number
  max: number
  granted: number
}

export function planNodes(configuration: Configuration, limits: NodeLimits): NodePlan {
  const wishes = configuration.Scheduling.SlurmQueues.flatMap((queue) =>
    queue.ComputeResources.map((resource): Wish => {
      const instanceType = resource.InstanceType ?? resource.Instances[0]?.InstanceType ?? 'local'
      const [min, max] = [resource.MinCount, Math.max(resource.MinCount, resource.MaxCount)]
      return { queue: queue.Name, computeResource: resource.Name, instanceType, min, max, granted: 0 }
    }),
  )
  grant(wishes, limits)
  const capped = wishes
    .filter((wish) => wish.granted < wish.max)
    .map(
      ({ queue, computeResource, granted, max }) =>
        `Queue ${queue}, compute resource ${computeResource}: ${granted} of ${max} nodes, which is what this machine bears.`,
    )
  return { nodes: wishes.flatMap(toNodes), capped }
}

// In turn, one node each, so that no queue starves another; every compute resource gets at least one.
function grant(wishes: Wish[], { perComputeResource, perCluster }: NodeLimits): void {
  let left = Math.max(perCluster, wishes.length)
  for (let round = 0; round < perComputeResource && left > 0; round += 1) {
    for (const wish of wishes) {
      if (wish.granted >= wish.max || left === 0) continue
      wish.granted += 1
      left -= 1
    }
  }
}

function toNodes({ queue, computeResource, instanceType, min, granted }: Wish): ComputeNode[] {
  const statics = Math.min(min, granted)
  return Array.from({ length: granted }, (_, index) => {
    const isStatic = index < statics
    const number = isStatic ? index + 1 : index + 1 - statics
    const name = `${queue}-${isStatic ? 'st' : 'dy'}-${computeResource}-${number}`
    return { name, queue, computeResource, instanceType, isStatic }
  })
}

/** What each node says it has. Nodes share the machine, so its memory is divided and its cores are not. */
export function nodeSize(machine: { cpus: number; memoryMiB: number }, nodeCount: number) {
  return {
    cpus: Math.max(1, machine.cpus),
    memoryMiB: Math.max(512, Math.floor(machine.memoryMiB / Math.max(2, nodeCount))),
  }
}

/** A port for each node, counted from the first; nodes that have one already keep it. */
export function portsFrom(
  first: number,
  nodes: ComputeNode[],
  taken: ReadonlyMap<string, number> = new Map(),
): Map<string, number> {
  let next = first
  return new Map(nodes.map(({ name }) => [name, taken.get(name) ?? next++]))
}
