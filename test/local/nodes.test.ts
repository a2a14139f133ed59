// Which nodes a cluster has on this machine.
import { describe, expect, it } from 'vitest'
import { readConfiguration } from '../../local/slurm/configuration.ts'
import { nodeSize, planNodes } from '../../local/slurm/nodes.ts'
import { aConfiguration } from './fixtures.ts'

const limits = { perComputeResource: 4, perCluster: 6 }
const plan = (resources: Record<string, unknown>[][]) =>
  planNodes(
    readConfiguration(
      aConfiguration({
        Scheduling: {
          SlurmQueues: resources.map((ComputeResources, index) => ({
            Name: `q${index + 1}`,
            ComputeResources,
          })),
        },
      }),
    ),
    limits,
  )
const names = (nodes: { name: string }[]) => nodes.map((node) => node.name)

describe('the nodes of a cluster', () => {
  it('are named as ParallelCluster names them: static ones first, each kind counted from 1', () => {
    const { nodes, capped } = plan([[{ Name: 'c', InstanceType: 'c7i.large', MinCount: 1, MaxCount: 3 }]])
    expect(names(nodes)).toEqual(['q1-st-c-1', 'q1-dy-c-1', 'q1-dy-c-2'])
    expect(nodes.map((node) => node.isStatic)).toEqual([true, false, false])
    expect(capped).toEqual([])
  })

  it('are at most as many as a compute resource may have here, and the plan says so', () => {
    const { nodes, capped } = plan([[{ Name: 'c', InstanceType: 'c7i.large', MaxCount: 9 }]])
    expect(nodes).toHaveLength(4)
    expect(capped).toEqual(['Queue q1, compute resource c: 4 of 9 nodes, which is what this machine bears.'])
  })

  it('are shared out in turn where the cluster may not have all', () => {
    const { nodes } = plan([
      [{ Name: 'c', InstanceType: 'a', MaxCount: 4 }],
      [{ Name: 'c', InstanceType: 'b', MaxCount: 4 }],
      [{ Name: 'c', InstanceType: 'c', MaxCount: 1 }],
    ])
    expect(nodes.filter((node) => node.queue === 'q1')).toHaveLength(3)
    expect(nodes.filter((node) => node.queue === 'q2')).toHaveLength(2)
    expect(nodes.filter((node) => node.queue === 'q3')).toHaveLength(1)
  })

  it('are one at least for every compute resource, however many there are', () => {
    const { nodes } = plan(Array.from({ length: 9 }, () => [{ Name: 'c', InstanceType: 'a', MaxCount: 2 }]))
    expect(nodes).toHaveLength(9)
  })

  it('have the machine’s cores and a share of its memory', () => {
    expect(nodeSize({ cpus: 2, memoryMiB: 8000 }, 8)).toEqual({ cpus: 2, memoryMiB: 1000 })
    expect(nodeSize({ cpus: 2, memoryMiB: 2000 }, 32)).toEqual({ cpus: 2, memoryMiB: 512 })
  })
})
