// What a shape may be chosen from: all that the site allows, or, where a tier is the frame, what the tier has.

import type { Spec } from '../cluster.ts'
import { AppError } from '../errors.ts'
import {
  type ComputeResource,
  headNodeType,
  type Queue,
  queuesOf,
  type Templates,
  tierOf,
  typesOf,
} from '../render/templates.ts'
import type { Site } from '../site.ts'
import { slotNodes } from '../slots.ts'
import type { Candidate } from './choose-shape.ts'
import { chooseShape } from './choose-shape.ts'
import { allows, type InstanceType, instanceTypeFacts } from './instance-types.ts'
import { type Resources, type Shape, tailored } from './resources.ts'
import { slurmMinutes } from './slurm-time.ts'

type Wish = Pick<Spec, 'tier'> & { resources: Resources }

/** The share of its memory that ParallelCluster lets Slurm give out where SchedulableMemory says nothing. */
const schedulableShare = 0.95

/** The shape for the wish. Throws `NothingFits`, which names the closest and what it lacks. */
export function shapeFor(
  templates: Templates,
  site: Site,
  { tier, resources }: Wish,
  facts: readonly InstanceType[] = instanceTypeFacts,
): Shape {
  const candidates = candidatesFor(templates, site, { tier, resources }, facts)
  const choice = chooseShape(resources, candidates)
  if ('shape' in choice) return choice.shape
  const of = tier === tailored ? 'this site' : `the tier ${tier}`
  const { closest, lacks } = choice
  if (!closest)
    throw new AppError('NothingFits', `Of the instance types of ${of} none can be chosen from.`, {
      details: [{ path: 'resources', message: `nothing is known of the instance types of ${of}` }],
    })
  throw new AppError(
    'NothingFits',
    `No shape of ${of} fits. The closest is ${closest.type.name}, which lacks ${listed(lacks.map(({ path }) => path.replace('resources.', '')))}: ` +
      `${listed(lacks.map(({ message }) => message.replace(`${closest.type.name} has `, '')))}. Ask for less${tier === tailored ? '' : ', or without the tier'}.`,
    { details: lacks },
  )
}

export function candidatesFor(
  templates: Templates,
  site: Site,
  { tier, resources }: Wish,
  facts: readonly InstanceType[] = instanceTypeFacts,
): Candidate[] {
  const room = slotNodes(site.network)
  const architecture = architectureOf(headNodeType(templates, tier), facts)
  const known = facts.filter((type) => type.architecture === architecture)
  if (tier !== tailored)
    return tierQueues(templates, tier).flatMap((queue) => ofQueue(queue, resources, known, room))
  return known
    .filter((type) => (site.instanceTypes ?? [type.name]).some((entry) => allows(entry, type)))
    .filter((type) => type.gpus === 0 || resources.gpusPerNode)
    .map((type) => ({
      type,
      queue: tailored,
      schedulableMiB: Math.floor(type.memoryGiB * 1024 * schedulableShare),
      maxNodes: room,
      maxNodesPerJob: room,
      maxRuntimeMinutes: undefined,
      ...coupled(type, resources.tightlyCoupled ?? false),
    }))
}

const tierQueues = (templates: Templates, tier: string): Queue[] =>
  queuesOf(tierOf(templates, tier), [templates.base])

function ofQueue(
  queue: Queue,
  { tightlyCoupled }: Resources,
  known: readonly InstanceType[],
  room: number,
): Candidate[] {
  const { MaxNodes, MaxTime } = queue.CustomSlurmSettings ?? {}
  const jobNodes = Number(MaxNodes)
  return queue.ComputeResources.flatMap((resource) =>
    known
      .filter(({ name }) => typesOf(resource).includes(name))
      .map((type) => ({
        type,
        queue: queue.Name,
        schedulableMiB:
          Number(resource.SchedulableMemory) || Math.floor(type.memoryGiB * 1024 * schedulableShare),
        maxNodes: Math.min(room, resource.MaxCount),
        maxNodesPerJob: Number.isInteger(jobNodes) && jobNodes > 0 ? jobNodes : room,
        maxRuntimeMinutes: MaxTime === undefined ? undefined : slurmMinutes(String(MaxTime)),
        ...(tightlyCoupled === undefined ? asTheTier(queue, resource) : coupled(type, tightlyCoupled)),
      })),
  )
}

type Setup = Pick<Candidate, 'simultaneousMultithreading' | 'wantsPlacementGroup' | 'efa'>

const coupled = (type: InstanceType, isTight: boolean): Setup => ({
  // Switched off only where a core has more than one thread.
  simultaneousMultithreading: !(isTight && type.cores < type.vcpus),
  wantsPlacementGroup: isTight,
  efa: isTight && type.efa > 0,
})

const asTheTier = (queue: Queue, resource: ComputeResource): Setup => ({
  simultaneousMultithreading: !resource.DisableSimultaneousMultithreading,
  wantsPlacementGroup: queue.Networking?.PlacementGroup?.Enabled ?? false,
  efa: resource.Efa?.Enabled ?? false,
})

/** ParallelCluster wants one architecture for all nodes of a cluster. */
const architectureOf = (headNode: string, facts: readonly InstanceType[]): InstanceType['architecture'] =>
  facts.find(({ name }) => name === headNode)?.architecture ?? 'x86_64'

const listed = (parts: string[]): string =>
  parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
