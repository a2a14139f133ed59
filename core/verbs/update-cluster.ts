// The wish for another shape of a cluster that runs: checked against what ParallelCluster would let be changed, then
// written. The stack is the reconciler's to update.

import type { ClusterView } from '../answers.ts'
import { awaitsUpdate, builtOf, isBuilt } from '../built.ts'
import { addChanges } from '../changes.ts'
import type { Cluster, Spec } from '../cluster.ts'
import type { Context } from '../context.ts'
import type { Input } from '../contract.ts'
import { AppError, isAppError } from '../errors.ts'
import { slotNodes } from '../slots.ts'
import { clusterConfiguration } from '../stack-template.ts'
import { tierOf } from '../templates.ts'
import { requireTier } from '../tiers.ts'
import { remedies } from '../update-policy.ts'
import type { ParameterChange } from '../update-preview.ts'
import { view } from '../view.ts'
import { withShape } from '../with-shape.ts'
import { requireCluster } from './get-cluster.ts'

// A pass may record a fact in between; each round sees the latest write.
const rounds = 3

export async function updateCluster(
  context: Context,
  { name, ...wish }: Input<'updateCluster'>,
): Promise<ClusterView> {
  const { cloud, site } = context
  for (let round = 1; round <= rounds; round++) {
    const before = await requireCluster(context, name)
    refuseUnlessReady(before)
    const isUnderWay = awaitsUpdate(before) || before.status === 'UPDATE_IN_PROGRESS'
    // What an update that failed wished for is forgotten: the next one begins with what is there.
    const spec = specOf(context, isUnderWay ? before.spec : builtOf(before), wish)
    const changes = await changesTo(context, before, isUnderWay ? before.spec : builtOf(before), spec)
    if (changes.length === 0) {
      // Also for a wish that was written before: its message may have been lost.
      if (awaitsUpdate(before)) await wake(context, before)
      return view(before, site)
    }
    if (isUnderWay) throw busy(name)
    await refuseUnlessLive(changes)
    const after: Cluster = {
      ...before,
      spec,
      asked: before.asked ?? before.spec,
      built: builtOf(before),
      generation: (before.generation ?? 0) + 1,
      dueAt: cloud.now().toISOString(),
    }
    try {
      const message = `An update was asked for: ${changes.map(inWords).join(', ')}.`
      await cloud.commit({ before, after, events: [{ type: 'Wish', status: 'UPDATE_IN_PROGRESS', message }] })
      await wake(context, before)
      return view({ ...after, version: after.version + 1 }, site)
    } catch (error) {
      if (!isAppError(error, 'Conflict')) throw error
    }
  }
  throw new AppError('Conflict', `The cluster ${name} changes too often right now. Ask again.`, {
    retryAfterSeconds: 2,
  })
}

const wake = ({ cloud }: Context, { name, deploymentId }: Cluster): Promise<void> =>
  cloud.wake({ name, deploymentId, prompt: true }, 0)

function refuseUnlessReady(cluster: Cluster): void {
  const { name, wanted, status, failure } = cluster
  if (wanted === 'absent')
    throw new AppError('ClusterDeleting', `The cluster ${name} is being deleted, so it cannot be updated.`, {
      retryAfterSeconds: 60,
    })
  if (failure || status === 'CREATE_FAILED')
    throw new AppError(
      'ClusterFailed',
      `The cluster ${name} has failed. Create it anew in the shape you want.`,
    )
  if (!isBuilt(cluster)) throw busy(name)
}

const busy = (name: string): AppError =>
  new AppError(
    'ClusterBusy',
    `The cluster ${name} is being created or updated. Ask again once it is ready.`,
    {
      retryAfterSeconds: 30,
    },
  )

/** The shape that the wish makes of this one. Another tier brings its own counts and limits. Throws for what no tier has. */
function specOf(context: Context, from: Spec, wish: Omit<Input<'updateCluster'>, 'name'>): Spec {
  const { tier = from.tier, ...changes } = wish
  const { changes: earlier = {}, resources: asked, shape, ...rest } = from
  // Another tier ends what was tailor-made.
  const tailored = tier === from.tier && asked && shape ? { resources: asked, shape } : {}
  const templates = withShape(context.templates, { tier, ...tailored })
  requireTier({ templates, site: context.site }, tier)
  const resources = tierOf(templates, tier).queues.flatMap((queue) => queue.ComputeResources)
  const known = new Set(resources.map(({ Name }) => Name))
  const strangers = Object.keys(changes.maxCounts ?? {}).filter((name) => !known.has(name))
  if (strangers.length > 0)
    throw invalid(
      strangers.map((name) => ({
        path: `body.maxCounts.${name}`,
        message: `must be a compute resource of the tier ${tier}: ${[...known].join(', ')}`,
      })),
    )
  const all = addChanges(tier === from.tier ? earlier : {}, changes)
  const nodes = resources.reduce((sum, one) => sum + (all.maxCounts?.[one.Name] ?? one.MaxCount), 0)
  const room = slotNodes(context.site.network)
  if (nodes > room)
    throw invalid([
      {
        path: 'body.maxCounts',
        message: `must leave at most ${room} nodes, which is what the cluster's subnet holds`,
      },
    ])
  return { ...rest, ...tailored, tier, ...(Object.keys(all).length > 0 ? { changes: all } : {}) }
}

const invalid = (details: { path: string; message: string }[]): AppError =>
  new AppError('InvalidRequest', details.map(({ path, message }) => `${path} ${message}`).join('; '), {
    details,
  })

// Only who updates pays for loading ParallelCluster's policies.
const preview = () => import('../update-preview.ts')

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
