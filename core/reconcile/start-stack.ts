// Starts the stack of a cluster: chooses its zone, records both, then asks CloudFormation. Also starts its updates.

import { builtOf } from '../built.ts'
import type { Cloud } from '../cloud.ts'
import type { Cluster, Failure } from '../cluster.ts'
import type { Context } from '../context.ts'
import { isAppError } from '../errors.ts'
import { ownerTags, stackName } from '../names.ts'
import { refusalOf } from '../plan.ts'
import { stackTemplate } from '../render/stack-template.ts'
import { typesOfSpec } from '../shape/with-shape.ts'
import type { Site } from '../site.ts'
import { applyChange } from './apply-change.ts'
import { isMovingOn, noCapacity, zonesLeft } from './next-zone.ts'

/** The record as it is now, and why the stack could not be started if asking again would not help. */
export async function startStack(
  context: Context,
  cluster: Cluster,
): Promise<{ cluster: Cluster; failure?: Failure }> {
  const { cloud, site, templates } = context
  const inZone = cluster.zone && !isMovingOn(cluster) ? cluster : await place(context, cluster)
  if (!inZone) return { cluster, failure: noZoneLeft(cluster, typesOfSpec(templates, cluster.spec), site) }
  const { cluster: placed, refused: noAccounting } = await withAccounting(context, inZone)
  if (noAccounting)
    return { cluster: placed, failure: { reason: 'AccountingRefused', message: noAccounting } }

  const template = stackTemplate(templates, placed, site)
  const refusal = await refusalOf(template)
  if (refusal) return { cluster: placed, failure: { reason: 'ConfigurationRefused', message: refusal } }
  const { refused } = await cloud.createStack({
    name: stackName(placed),
    template,
    tags: stackTags(placed, site),
    roleArn: site.stackRoleArn,
  })
  return refused
    ? { cluster: placed, failure: { reason: 'StackRefused', message: refused } }
    : { cluster: placed }
}

/**
 * Starts the update of the stack to the cluster's spec: its own template with what the update changes, so that an
 * upgrade of the service since then changes nothing. Its tags stay, since the provider refuses to change them.
 */
export async function updateStack(
  { cloud, site, templates }: Context,
  cluster: Cluster,
): Promise<{ done?: boolean; refused?: string }> {
  const name = stackName(cluster)
  const [before, after] = [builtOf(cluster), cluster.spec].map((spec) =>
    stackTemplate(templates, { ...cluster, spec }, site),
  )
  return cloud.updateStack({
    name,
    template: applyChange(await cloud.getTemplate(name), before, after) as object,
    tags: stackTags(cluster, site),
    roleArn: site.stackRoleArn,
  })
}

async function place(context: Context, cluster: Cluster): Promise<Cluster | undefined> {
  const { cloud } = context
  const left = await zonesLeft(context, cluster)
  const zone = left[(cluster.slot ?? 0) % left.length]
  if (!zone) return undefined
  const now = cloud.now().toISOString()
  // Of a zone that was tried before, whose stack is gone.
  const { stackId: _stackId, pclusterStackId: _pclusterStackId, removal: _removal, ...rest } = cluster
  const after: Cluster = { ...rest, zone, status: 'CREATE_IN_PROGRESS', statusSince: now, dueAt: now }
  await cloud.commit({
    before: cluster,
    after,
    events: [
      { type: 'Status', status: 'CREATE_IN_PROGRESS', message: `The cluster is being built in ${zone}.` },
    ],
  })
  return { ...after, version: cluster.version + 1 }
}

/**
 * The cluster with its access to the accounting database, on record before the stack is: an update renders what the
 * create rendered. Its zone is on record by then, so that no deletion ends while this may still be at work.
 */
async function withAccounting(
  { cloud, site }: Context,
  cluster: Cluster,
): Promise<{ cluster: Cluster; refused?: string }> {
  if (!site.accounting || cluster.accounting) return { cluster }
  const accounting = await cloud.prepareAccounting(cluster)
  if ('refused' in accounting) return { cluster, refused: accounting.refused }
  const after: Cluster = { ...cluster, accounting }
  try {
    await cloud.commit({ before: cluster, after, events: [] })
  } catch (error) {
    if (isAppError(error, 'Conflict')) await removeLateAccess(cloud, cluster)
    throw error
  }
  return { cluster: { ...after, version: cluster.version + 1 } }
}

/** A pass that was held up may make its access when the create has failed already and given back what it held. */
async function removeLateAccess(cloud: Cloud, cluster: Cluster): Promise<void> {
  const now = await cloud.getCluster(cluster.name)
  if (now?.deploymentId !== cluster.deploymentId || now.status === 'CREATE_FAILED')
    await cloud.removeAccounting(cluster)
}

/** The provider adds them to the cluster's own tags, so they reach everything that costs. */
const stackTags = (cluster: Cluster, { costTags }: Site): Record<string, string> => ({
  ...costTags.fixed,
  ...ownerTags(cluster),
  [costTags.virtualLab]: cluster.virtualLab,
  [costTags.project]: cluster.project,
})

const noZoneLeft = (cluster: Cluster, types: string[], site: Site): Failure =>
  cluster.zonesTried ? noCapacity(cluster.zonesTried) : noZone(types, site)

const noZone = (types: string[], site: Site): Failure => ({
  reason: 'NoZone',
  message: `No zone of this site (${site.network.zones.join(', ')}) offers all of ${types.join(', ')}. Choose another tier or other resources.`,
})
