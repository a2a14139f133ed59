// The wish for another shape of a cluster that runs: checked against what ParallelCluster would let be changed, then
// written. The stack is the reconciler's to update.

import type { ClusterView } from '../answers.ts'
import { awaitsUpdate, builtOf, isBuilt } from '../built.ts'
import type { Cluster, Spec } from '../cluster.ts'
import type { Context } from '../context.ts'
import type { Input } from '../contract.ts'
import { AppError, isAppError } from '../errors.ts'
import { asksForLife, changedLife } from '../lifetime/choose-life.ts'
import { clusterConfiguration } from '../render/stack-template.ts'
import { remedies } from '../shape/remedies.ts'
import type { ParameterChange } from '../shape/update-preview.ts'
import { updatedSpec } from '../shape/updated-spec.ts'
import { typesOfSpec } from '../shape/with-shape.ts'
import { view } from '../view.ts'
import { changesTooOften, extendCluster, lifeWished, refuseUnlessAlive } from './extend-cluster.ts'
import { requireCluster } from './get-cluster.ts'

// A pass may record a fact in between; each round sees the latest write.
const rounds = 3

export async function updateCluster(
  context: Context,
  { name, lifetime, idleTimeout, ...wish }: Input<'updateCluster'>,
): Promise<ClusterView> {
  const { cloud, site } = context
  const times = { lifetime, idleTimeout }
  if (Object.values(wish).every((value) => value === undefined)) return extendCluster(context, name, times)
  for (let round = 1; round <= rounds; round++) {
    const before = await requireCluster(context, name)
    refuseUnlessReady(before)
    const isUnderWay = awaitsUpdate(before) || before.status === 'UPDATE_IN_PROGRESS'
    // What an update that failed wished for is forgotten: the next one begins with what is there.
    const spec = updatedSpec(context, isUnderWay ? before.spec : builtOf(before), wish)
    const changes = await changesTo(context, before, isUnderWay ? before.spec : builtOf(before), spec)
    if (changes.length === 0) {
      // Also for a wish that was written before: its message may have been lost.
      if (awaitsUpdate(before)) await wake(context, before)
      if (asksForLife(times)) return extendCluster(context, name, times)
      return view(before, site)
    }
    if (isUnderWay) throw busy(name)
    await refuseUnlessLive(changes)
    await requireOffered(context, before, spec)
    const now = cloud.now()
    const after: Cluster = {
      ...before,
      spec,
      asked: before.asked ?? before.spec,
      built: builtOf(before),
      generation: (before.generation ?? 0) + 1,
      updateWishedAt: now.toISOString(),
      ...(asksForLife(times) ? { life: changedLife(before, times, site.lifetimes, now) } : {}),
      dueAt: now.toISOString(),
    }
    try {
      const message = `An update was asked for: ${changes.map(inWords).join(', ')}.`
      await cloud.commit({
        before,
        after,
        events: [
          { type: 'Wish', status: 'UPDATE_IN_PROGRESS', message },
          ...(asksForLife(times) ? [lifeWished(times)] : []),
        ],
      })
      await wake(context, before)
      return view({ ...after, version: after.version + 1 }, site)
    } catch (error) {
      if (!isAppError(error, 'Conflict')) throw error
    }
  }
  throw changesTooOften(name)
}

const wake = ({ cloud }: Context, { name, deploymentId }: Cluster): Promise<void> =>
  cloud.wake({ name, deploymentId, prompt: true }, 0)

function refuseUnlessReady(cluster: Cluster): void {
  refuseUnlessAlive(cluster)
  if (!isBuilt(cluster)) throw busy(cluster.name)
}

const busy = (name: string): AppError =>
  new AppError(
    'ClusterBusy',
    `The cluster ${name} is being created or updated. Ask again once it is ready.`,
    {
      retryAfterSeconds: 30,
    },
  )

/** A subnet stays in its zone, so the zone must have what the cluster had no need of so far. Throws `UpdateRefused`. */
async function requireOffered(
  { cloud, site, templates }: Context,
  cluster: Cluster,
  spec: Spec,
): Promise<void> {
  const { name, zone } = cluster
  const has = typesOfSpec(templates, builtOf(cluster))
  const added = typesOfSpec(templates, spec).filter((type) => !has.includes(type))
  if (added.length === 0 || !zone || site.network.zoneOfferings === 'all') return
  const offering = await cloud.zonesOffering(added, [zone])
  if (offering.length === 0)
    throw new AppError(
      'UpdateRefused',
      `${zone}, where the subnet of ${name} is, does not offer ${added.length > 1 ? 'all of ' : ''}${added.join(', ')}. Choose another tier, or delete the cluster and create it anew.`,
      { details: [{ path: 'tier', message: `needs ${added.join(', ')} in ${zone}` }] },
    )
}

// Only who updates pays for loading ParallelCluster's policies.
const preview = () => import('../shape/update-preview.ts')

async function changesTo(
  { templates, site }: Context,
  cluster: Cluster,
  from: Spec,
  to: Spec,
): Promise<ParameterChange[]> {
  const { configurationChanges } = await preview()
  return configurationChanges(
    clusterConfiguration(templates, { ...cluster, spec: from }, site),
    clusterConfiguration(templates, { ...cluster, spec: to }, site),
  )
}

async function refuseUnlessLive(changes: ParameterChange[]): Promise<void> {
  const { refusedChanges } = await preview()
  const refused = refusedChanges(changes)
  if (refused.length === 0) return
  throw new AppError(
    'UpdateRefused',
    `ParallelCluster does not change ${refused.map(({ path }) => path).join(', ')} on a cluster whose compute fleet runs. Nothing was changed.`,
    {
      details: refused.map(({ path, policy, effect }) => ({
        path,
        message: `${policy}: ${remedies[effect as keyof typeof remedies]}.`,
      })),
    },
  )
}

/** For the history: a scalar with both values, a whole section or element only as added or removed. */
function inWords({ path, before, after }: ParameterChange): string {
  const isPlain = (value: unknown) => value === undefined || typeof value !== 'object'
  if (isPlain(before) && isPlain(after)) return `${path} ${before ?? 'none'} to ${after ?? 'none'}`
  if (before === undefined) return `${path} added`
  return after === undefined ? `${path} removed` : `${path} changed`
}
