// The model behind PATCH: what differs, under which of ParallelCluster's policies, and what that means for running jobs.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderConfiguration } from '../../../core/render/render.ts'
import type { Tree } from '../../../core/render/templates.ts'
import { configurationChanges, refusedChanges } from '../../../core/shape/update-preview.ts'
import { templates } from '../../world.ts'
import { someValues } from '../samples.ts'

const spec = { tier: 'prod-batch', lustre: true, benchmark: false }
const configuration = renderConfiguration(templates, spec, someValues())
// biome-ignore lint/suspicious/noExplicitAny: a tree of any shape, edited by hand
type Any = any
const edited = (edit: (tree: Any) => void): Tree => {
  const copy = structuredClone(configuration)
  edit(copy)
  return copy
}
const queue = 'Scheduling.SlurmQueues[prod-batch]'
const resource = `${queue}.ComputeResources[m5-8xlarge]`
const first = (tree: Any) => tree.Scheduling.SlurmQueues[0]

describe('a changed parameter', () => {
  const rows: [path: string, policy: string, effect: string, because: string, edit: (tree: Any) => void][] = [
    [
      `${resource}.MaxCount`,
      'RESIZE_UPDATE_STRATEGY_ON_REMOVE',
      'live',
      'more nodes disturb nobody',
      (tree) => {
        first(tree).ComputeResources[0].MaxCount = 20
      },
    ],
    [
      `${resource}.MaxCount`,
      'RESIZE_UPDATE_STRATEGY_ON_REMOVE',
      'needsStop',
      'a node that goes may have a job',
      (tree) => {
        first(tree).ComputeResources[0].MaxCount = 15
      },
    ],
    [
      `${resource}.MinCount`,
      'RESIZE_UPDATE_STRATEGY_ON_REMOVE',
      'needsStop',
      'a static node more is a dynamic one less',
      (tree) => {
        first(tree).ComputeResources[0].MinCount = 1
      },
    ],
    [
      `${queue}.CustomSlurmSettings`,
      'SUPPORTED',
      'live',
      'limits are of jobs to come',
      (tree) => {
        first(tree).CustomSlurmSettings.MaxTime = '1-0'
      },
    ],
    [
      `${queue}.ComputeResources[new]`,
      'RESIZE_UPDATE_STRATEGY_ON_REMOVE',
      'live',
      'it is added',
      (tree) => {
        first(tree).ComputeResources.push({ Name: 'new', InstanceType: 'x', MaxCount: 1 })
      },
    ],
    [
      resource,
      'RESIZE_UPDATE_STRATEGY_ON_REMOVE',
      'needsStop',
      'it is removed',
      (tree) => {
        first(tree).ComputeResources.shift()
      },
    ],
    [
      queue,
      'RESIZE_UPDATE_STRATEGY_ON_REMOVE',
      'needsStop',
      'a queue is removed',
      (tree) => {
        tree.Scheduling.SlurmQueues = []
      },
    ],
    [
      `${resource}.Instances[x9.large]`,
      'COMPUTE_FLEET_STOP_ON_REMOVE',
      'live',
      'a type more is added',
      (tree) => {
        first(tree).ComputeResources[0].Instances.push({ InstanceType: 'x9.large' })
      },
    ],
    [
      `${resource}.Efa.Enabled`,
      'QUEUE_UPDATE_STRATEGY',
      'needsStop',
      'nodes would be replaced',
      (tree) => {
        first(tree).ComputeResources[0].Efa.Enabled = true
      },
    ],
    [
      `${resource}.DisableSimultaneousMultithreading`,
      'COMPUTE_FLEET_STOP',
      'needsStop',
      'nodes would be replaced',
      (tree) => {
        first(tree).ComputeResources[0].DisableSimultaneousMultithreading = true
      },
    ],
    [
      `${queue}.Networking.PlacementGroup.Enabled`,
      'MANAGED_PLACEMENT_GROUP',
      'needsStop',
      'it is ParallelCluster’s own',
      (tree) => {
        first(tree).Networking.PlacementGroup.Enabled = true
      },
    ],
    [
      'HeadNode.InstanceType',
      'UNSUPPORTED',
      'impossible',
      'the head node stays',
      (tree) => {
        tree.HeadNode.InstanceType = 'm5.large'
      },
    ],
    [
      'HeadNode.CustomActions.OnNodeConfigured',
      'UNSUPPORTED',
      'impossible',
      'it ran when the node was made',
      (tree) => {
        tree.HeadNode.CustomActions.OnNodeConfigured.Sequence.pop()
      },
    ],
    [
      'SharedStorage[homes]',
      'SHARED_STORAGE_UPDATE_POLICY',
      'needsStop',
      'nodes have it mounted',
      (tree) => {
        tree.SharedStorage.push({ Name: 'homes', MountDir: '/x', StorageType: 'Efs' })
      },
    ],
    [
      'Monitoring.Logs.CloudWatch.RetentionInDays',
      'SUPPORTED',
      'live',
      'no node knows of it',
      (tree) => {
        tree.Monitoring.Logs.CloudWatch.RetentionInDays = 7
      },
    ],
    [
      'NotYetInvented',
      'UNSUPPORTED',
      'impossible',
      'nobody knows what it does',
      (tree) => {
        tree.NotYetInvented = 1
      },
    ],
  ]
  it.each(rows)('%s is %s: %s, because %s', (path, policy, effect, _, edit) => {
    expect(configurationChanges(configuration, edited(edit))).toMatchObject([{ path, policy, effect }])
  })

  it('tells what it was and what it becomes', () => {
    const [change] = configurationChanges(configuration, edited(rows[0]?.[4] ?? (() => {})))
    expect(change).toMatchObject({ before: 16, after: 20 })
  })

  it.each([
    ['DRAIN', 'live', 'needsStop'],
    ['TERMINATE', 'endsJobs', 'endsJobs'],
    ['COMPUTE_FLEET_STOP', 'needsStop', 'needsStop'],
  ])('under QueueUpdateStrategy %s: %s to replace nodes, %s to take them away', (strategy, replace, take) => {
    const effects = configurationChanges(
      configuration,
      edited((tree) => {
        tree.Scheduling.SlurmSettings.QueueUpdateStrategy = strategy
        first(tree).ComputeResources[0].Efa.Enabled = true
        first(tree).ComputeResources[0].MaxCount = 1
      }),
    )
    expect(Object.fromEntries(effects.map(({ path, effect }) => [path.split('.').at(-1), effect]))).toEqual({
      QueueUpdateStrategy: 'live',
      Enabled: replace,
      MaxCount: take,
    })
  })
})

describe('two configurations', () => {
  it('that say the same have no changes, whatever the order of elements and the type that CloudFormation gave', () => {
    const asText = JSON.parse(JSON.stringify(configuration), (_, value) =>
      typeof value === 'number' || typeof value === 'boolean' ? String(value) : value,
    )
    asText.Scheduling.SlurmQueues[0].ComputeResources.reverse()
    asText.HeadNode.Iam.S3Access.reverse()
    expect(configurationChanges(configuration, asText)).toEqual([])
  })

  it('of any tiers: the changes of the way back are those of the way there, turned round', () => {
    const name = fc.constantFrom(...Object.keys(templates.tiers))
    fc.assert(
      fc.property(name, name, fc.boolean(), fc.integer({ min: 1, max: 99 }), (from, to, lustre, maxNodes) => {
        const render = (tier: string, changes: object) =>
          renderConfiguration(templates, { tier, lustre, benchmark: false, changes }, someValues())
        const [a, b] = [render(from, {}), render(to, { maxNodes })]
        const there = configurationChanges(a, b).map(({ path, before, after }) => [path, before, after])
        const back = configurationChanges(b, a).map(({ path, before, after }) => [path, after, before])
        const sorted = (all: unknown[]) => all.map((one) => JSON.stringify(one)).sort()
        expect(sorted(back)).toEqual(sorted(there))
        expect(refusedChanges(configurationChanges(a, a))).toEqual([])
        // Every tier has queues of its own name, and taking a queue away wants the fleet stopped.
        expect(refusedChanges(configurationChanges(a, b)).length > 0).toBe(from !== to)
      }),
    )
  })
})
