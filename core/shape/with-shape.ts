// A tailor-made cluster as a tier of its own, so that all that reads tiers reads it: rendering, zones, rules for EFA.
import type { Spec } from '../cluster.ts'
import { merge } from '../render/merge.ts'
import {
  type ComputeResource,
  instanceTypes,
  type Queue,
  type Templates,
  type TierTemplate,
  typesOf,
} from '../render/templates.ts'
import type { Shape } from './resources.ts'

/** The templates in which the wish's tier is what its shape makes of it; as they are for a wish without one. */
export function withShape(templates: Templates, { tier, shape }: Pick<Spec, 'tier' | 'shape'>): Templates {
  if (!shape) return templates
  const frame = Object.hasOwn(templates.tiers, tier) ? templates.tiers[tier] : undefined
  const made: TierTemplate = {
    name: tier,
    description: shape.why,
    accepts: ['lustre', 'benchmark', 'resources'],
    configuration: frame?.configuration ?? {},
    queues: [
      queueOf(
        shape,
        frame?.queues.find(({ Name }) => Name === shape.queue),
      ),
    ],
  }
  return { ...templates, tiers: { ...templates.tiers, [tier]: made } }
}

/** Every instance type of a cluster, its head node's included, sorted. */
export const typesOfSpec = (templates: Templates, spec: Pick<Spec, 'tier' | 'shape'>): string[] =>
  instanceTypes(withShape(templates, spec), spec.tier)

/** The frame's queue, if there is one, narrowed to the shape. */
function queueOf(shape: Shape, frame: Partial<Queue> = {}): Queue {
  const { ComputeResources = [], CustomSlurmSettings = {}, Networking = {}, ...rest } = frame
  return {
    ...rest,
    Name: shape.queue,
    CustomSlurmSettings: {
      ...CustomSlurmSettings,
      MaxNodes: shape.maxNodesPerJob,
      ...(shape.maxRuntimeMinutes === null ? {} : { MaxTime: shape.maxRuntimeMinutes }),
    },
    Networking: merge(Networking, { PlacementGroup: { Enabled: shape.placementGroup } }),
    ComputeResources: [
      resourceOf(
        shape,
        ComputeResources.find((one) => typesOf(one).includes(shape.instanceType)),
      ),
    ],
  }
}

function resourceOf(shape: Shape, frame: Partial<ComputeResource> = {}): ComputeResource {
  const { InstanceType: _InstanceType, Instances: _Instances, Efa = {}, ...rest } = frame
  return {
    ...rest,
    Name: shape.instanceType.replaceAll('.', '-'),
    Instances: [{ InstanceType: shape.instanceType }],
    ...(frame.MinCount === undefined ? {} : { MinCount: Math.min(frame.MinCount, shape.nodes) }),
    MaxCount: shape.nodes,
    Efa: { ...Efa, Enabled: shape.efa },
    DisableSimultaneousMultithreading: !shape.simultaneousMultithreading,
  }
}
