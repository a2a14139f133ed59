// A zone without capacity: the create goes on in the next one that offers the instance types, each zone once. What was
// tried is on record before the failed stack is deleted, and the next one begins when both stacks are gone: they go by
// the deployment and by the cluster, whatever the zone.
import type { Cloud, NewEvent, Stack } from '../cloud.ts'
import type { Cluster, Failure } from '../cluster.ts'
import type { Context } from '../context.ts'
import { typesOfSpec } from '../shape/with-shape.ts'

/** Whether the zone on record is one that had no capacity, so that the next one is to come. */
export const isMovingOn = ({ zone, zonesTried = [] }: Cluster): boolean =>
  zone !== undefined && zonesTried.includes(zone)

// The codes are EC2's (Amazon EC2 API reference, "Error codes for the Amazon EC2 API"), also with a space in them. The
// sentence is RunInstances' own, as CloudFormation repeats it: "We currently do not have sufficient c5n.18xlarge capacity
// in the Availability Zone you requested" (github.com/aws/aws-parallelcluster/issues/1216). EBS and FSx say that there is
// not enough capacity, or insufficient capacity. Never a quota ("more vCPU capacity than your current vCPU limit") nor a
// full subnet (InsufficientFreeAddressesInSubnet), which another zone would not cure.
const capacityTexts = [
  /\bInsufficient(Instance|Host|Volume|ReservedInstance)?Capacity\b/,
  /\bnot have (sufficient|enough) ([\w.-]+ )?capacity\b/i,
  /\b(insufficient|not enough) (\w+ )?capacity\b/i,
]
export const isCapacity = (message: string): boolean => capacityTexts.some((text) => text.test(message))

/** The record with what tells later why the create failed: ParallelCluster's own stack is gone by then. */
export const withPclusterStack = (cluster: Cluster, own: Stack, { stackId }: Stack): Cluster =>
  stackId && own.phase === 'creating' && !isMovingOn(cluster)
    ? { ...cluster, pclusterStackId: stackId }
    : cluster

/**
 * Why a create failed. The provider says so in ParallelCluster's codes, which are few: a head node without capacity is
 * a `ResourceCreationFailure`. ParallelCluster's own stack has the reason itself, by its id also when it is gone.
 */
export async function createFailure(
  cloud: Cloud,
  { pclusterStackId }: Cluster,
  told: string,
): Promise<string> {
  const reason = pclusterStackId && (await cloud.getStackFailure(pclusterStackId))
  return reason && !told.includes(reason) ? `${told} ParallelCluster's own stack: ${reason}` : told
}

/** The zones that offer the cluster's types and have not been tried. */
export async function zonesLeft(
  { cloud, site, templates }: Context,
  { spec, zonesTried = [] }: Pick<Cluster, 'spec' | 'zonesTried'>,
): Promise<string[]> {
  const { zones, zoneOfferings } = site.network
  const offering =
    zoneOfferings === 'all' ? zones : await cloud.zonesOffering(typesOfSpec(templates, spec), zones)
  return offering.filter((zone) => !zonesTried.includes(zone))
}

/** Records that the zone has no capacity, or by `fail` that none has. */
export async function tryNextZone(
  context: Context,
  cluster: Cluster,
  message: string,
  fail: (failure: Failure) => Promise<void>,
): Promise<void> {
  const { cloud } = context
  const zonesTried = [...(cluster.zonesTried ?? []), ...(cluster.zone ? [cluster.zone] : [])]
  const left = await zonesLeft(context, { ...cluster, zonesTried })
  if (left.length === 0) return fail(noCapacity(zonesTried, message))
  // What is known of the failed stack is not true of the next one.
  const { stackId: _stackId, pclusterStackId: _pclusterStackId, ...rest } = cluster
  const dueAt = cloud.now().toISOString()
  await cloud.commit({ before: cluster, after: { ...rest, zonesTried, dueAt }, events: [told()] })
  await cloud.wake({ name: cluster.name, deploymentId: cluster.deploymentId, prompt: true }, 0)

  function told(): NewEvent {
    const next = `${cluster.zone} has no capacity for the cluster, so it is tried in ${left.join(' or ')}.`
    return { type: 'Progress', reason: 'InsufficientCapacity', message: `${next} ${message}` }
  }
}

export const noCapacity = (zonesTried: string[], message?: string): Failure => ({
  reason: 'InsufficientCapacity',
  message: [
    `No zone has capacity for the cluster at the moment (tried: ${zonesTried.join(', ')}).`,
    'Create it again later, or with another tier or other resources.',
    ...(message ? [message] : []),
  ].join(' '),
})
