// The templates of cluster-configs/ as data, and what they say of each tier.

import { AppError } from '../errors.ts'
import { lifeWish, type TermName } from '../lifetime/life.ts'
import { tailored } from '../shape/resources.ts'
import { options, type TierSummary } from '../shape/tier.ts'
import { type SlotRange, slotNodes } from '../slots.ts'
import * as z from '../zod.ts'
import { merge } from './merge.ts'

/** A map of ParallelCluster's configuration, with placeholders. */
export const Tree = z.record(z.string(), z.unknown())
export type Tree = z.infer<typeof Tree>

// What we read of ParallelCluster's sections ourselves; all else passes through.
const Enabled = z.looseObject({ Enabled: z.optional(z.boolean()) })
export const ComputeResource = z
  .looseObject({
    Name: z.string(),
    InstanceType: z.optional(z.string()),
    Instances: z.optional(z.array(z.looseObject({ InstanceType: z.string() })).check(z.minLength(1))),
    MinCount: z.optional(z.int().check(z.minimum(0))),
    MaxCount: z.int().check(z.minimum(1)),
    Efa: z.optional(Enabled),
    DisableSimultaneousMultithreading: z.optional(z.boolean()),
  })
  .check(
    z.refine(
      ({ InstanceType, Instances }) => (InstanceType === undefined) !== (Instances === undefined),
      'needs either Instances or InstanceType',
    ),
  )
export type ComputeResource = z.infer<typeof ComputeResource>

export const Queue = z.looseObject({
  Name: z.string(),
  CustomSlurmSettings: z.optional(Tree),
  Networking: z.optional(z.looseObject({ PlacementGroup: z.optional(Enabled) })),
  ComputeResources: z.array(ComputeResource).check(z.minLength(1), namedOnce),
})
export type Queue = z.infer<typeof Queue>

/** A piece of configuration: what it adds to the cluster, to every queue and to every compute resource. */
export const Part = z.strictObject({
  configuration: z._default(Tree, {}),
  queue: z._default(Tree, {}),
  computeResource: z._default(Tree, {}),
})
export type Part = z.infer<typeof Part>

/** The login user; its ids are strings, because arguments of scripts are. */
export const User = z.strictObject({
  name: z.string().check(z.regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be a plain name in lower case')),
  uid: z.string().check(z.regex(/^[1-9]\d{3,8}$/, 'must be a quoted number from 1000')),
  gid: z.string().check(z.regex(/^[1-9]\d{3,8}$/, 'must be a quoted number from 1000')),
})

/** ParallelCluster refuses a name that stands twice; so do we, at the second one's line. */
function namedOnce<T extends { Name: string }>({ value, issues }: z.core.ParsePayload<T[]>): void {
  const names = value.map(({ Name }) => Name)
  for (const [index, name] of names.entries())
    if (names.indexOf(name) < index)
      issues.push({ code: 'custom', path: [index, 'Name'], message: `${name} stands twice`, input: name })
}

export const TierTemplate = z.strictObject({
  name: z.string().check(
    z.regex(/^[a-z][a-z0-9-]{0,24}$/, 'must be 1 to 25 lower-case letters, digits or "-"'),
    z.refine((name) => name !== tailored, 'is kept for clusters without a tier'),
  ),
  description: z.string().check(z.minLength(1, 'must say what the tier is for')),
  /** What a create may give beside the tier's name. */
  accepts: z._default(z.array(z.enum(options)), [...options]),
  ...lifeWish,
  configuration: z._default(Tree, {}),
  queues: z.array(Queue).check(z.minLength(1), namedOnce),
})
export type TierTemplate = z.infer<typeof TierTemplate>

export const Templates = z.object({
  user: User,
  base: Part,
  accounting: Part,
  benchmark: Part,
  slurmRest: Part,
  clusterRecord: Part,
  storage: z.object({ efs: Part, lustre: Part, noLustre: Part }),
  tiers: z.record(z.string(), TierTemplate),
})
export type Templates = z.infer<typeof Templates>

export function tierOf({ tiers }: Templates, name: string): TierTemplate {
  const tier = Object.hasOwn(tiers, name) ? tiers[name] : undefined
  if (tier) return tier
  const known = Object.keys(tiers).join(', ')
  throw new AppError('UnknownTier', `There is no tier ${JSON.stringify(name)}. The tiers are ${known}.`)
}

/** The tier's queues on top of what the parts give to every queue and compute resource. */
export const queuesOf = (tier: TierTemplate, parts: Part[]): Queue[] => {
  const everyQueue = parts.map((part) => part.queue).reduce(merge, {})
  const everyResource = parts.map((part) => part.computeResource).reduce(merge, {})
  return tier.queues.map((queue) => ({
    ...(merge(everyQueue, queue) as Queue),
    ComputeResources: queue.ComputeResources.map((one) => merge(everyResource, one) as ComputeResource),
  }))
}

/** What the API tells of each tier. */
export const tierSummaries = (templates: Templates): Omit<TierSummary, TermName>[] =>
  Object.values(templates.tiers).map((tier) => ({
    name: tier.name,
    description: tier.description,
    queues: queuesOf(tier, [templates.base]).map((queue) => ({
      name: queue.Name,
      computeResources: queue.ComputeResources.map((one) => ({
        name: one.Name,
        instanceTypes: typesOf(one),
        minCount: one.MinCount ?? 0,
        maxCount: one.MaxCount,
        efa: one.Efa?.Enabled ?? false,
        simultaneousMultithreading: !one.DisableSimultaneousMultithreading,
      })),
      placementGroup: queue.Networking?.PlacementGroup?.Enabled ?? false,
      limits: {
        maxNodes: limit(queue.CustomSlurmSettings?.MaxNodes),
        maxTime: limit(queue.CustomSlurmSettings?.MaxTime),
      },
    })),
    maxNodes: computeNodes(templates, tier.name),
    accepts: tier.accepts,
  }))

/** Every instance type that a cluster of the tier can have, the head node's included, sorted. */
export function instanceTypes(templates: Templates, name: string): string[] {
  const tier = tierOf(templates, name)
  const compute = tier.queues.flatMap((queue) => queue.ComputeResources.flatMap(typesOf))
  return [...new Set([headNodeType(templates, name), ...compute])].sort()
}

/** The head node's instance type: the tier's own, or that of every cluster. */
export function headNodeType({ base, tiers }: Templates, name: string): string {
  const own = Object.hasOwn(tiers, name) ? tiers[name]?.configuration : undefined
  const { HeadNode } = merge(base.configuration, own ?? {}) as { HeadNode: { InstanceType: string } }
  return HeadNode.InstanceType
}

/** The most compute nodes that a cluster of the tier can have at once. */
export const computeNodes = (templates: Templates, name: string): number =>
  tierOf(templates, name)
    .queues.flatMap((queue) => queue.ComputeResources)
    .reduce((sum, one) => sum + one.MaxCount, 0)

/** Whether a subnet of the network holds the most nodes that the tier can have. */
export const tierFits = (
  templates: Templates,
  name: string,
  network: Pick<SlotRange, 'slotPrefix'>,
): boolean => computeNodes(templates, name) <= slotNodes(network)

/** Whether the tier uses Elastic Fabric Adapters, which want rules of their own. */
export const hasEfa = (templates: Templates, name: string): boolean =>
  queuesOf(tierOf(templates, name), [templates.base]).some((queue) =>
    queue.ComputeResources.some((one) => one.Efa?.Enabled),
  )

export const typesOf = ({ InstanceType, Instances }: ComputeResource): string[] =>
  Instances?.map((instance) => instance.InstanceType) ?? (InstanceType ? [InstanceType] : [])

const limit = (value: unknown): string | null => (value === undefined ? null : String(value))
