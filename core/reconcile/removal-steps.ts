// What each step of a removal does. Whatever is begun is on record with the time at which it began, so that nothing
// waits for ever untold; what could not be deleted is on record until it is seen to be gone, or somebody lets it go.
import type { NewEvent } from '../cloud.ts'
import type { Cluster, Failure, Leftover, Removal } from '../cluster.ts'
import type { Context } from '../context.ts'
import { stackName } from '../names.ts'
import { giveUpPlace } from '../queue/end-turn.ts'
import { lookAgainSeconds, type Step } from './decide.ts'
import {
  graceSeconds,
  isForced,
  leftBehind,
  listed,
  newRemoval,
  pclusterStackStuck,
  secondsUntilRetry,
  stackStuck,
} from './decide-removal.ts'
import { auditSeconds, lookAgain, secondsSince } from './record.ts'
import { removeHoldings } from './remove-holdings.ts'
import type { Act } from './steps.ts'

type RemovalStep = 'force' | 'remove' | 'removePcluster' | 'noteStuck' | 'pause' | 'settleFailure' | 'forget'

export const removalSteps: { [Do in RemovalStep]: Act<Do> } = {
  force(context, cluster) {
    const { retryAt: _retryAt, told: _told, ...removal } = begun(context, cluster)
    const forcedAt = context.cloud.now().toISOString()
    const message = "The cluster's resources are being deleted by force."
    return lookAgain(
      context,
      cluster,
      { removal: { ...removal, forcedAt } },
      [{ type: 'Status', status: 'DELETE_IN_PROGRESS', message }],
      lookAgainSeconds(0),
    )
  },

  async remove(context, cluster, { stackId }, { retaining }) {
    const before = begun(context, cluster)
    const held = retaining ? (before.held ?? []) : []
    await context.cloud.deleteStack(
      stackName(cluster),
      retaining ? { retain: held.map(({ logicalId }) => logicalId) } : {},
    )
    const removal = underWay(before, held)
    const events = retaining ? [retained("the cluster's stack", held)] : []
    if (cluster.wanted === 'present' || ['DELETE_IN_PROGRESS', 'DELETE_FAILED'].includes(cluster.status))
      return lookAgain(context, cluster, { stackId, removal }, events)
    await lookAgain(context, cluster, { stackId, removal }, [
      { type: 'Status', status: 'DELETE_IN_PROGRESS', message: "The cluster's resources are being deleted." },
      ...events,
    ])
  },

  async removePcluster(context, cluster, _own, { retaining }) {
    const { cloud, site } = context
    const before = begun(context, cluster)
    const held = retaining ? (before.held ?? []) : []
    const { removalRoleArn: roleArn } = site.provider
    await cloud.deleteStack(cluster.name, {
      ...(roleArn ? { roleArn } : {}),
      ...(retaining ? { retain: held.map(({ logicalId }) => logicalId) } : {}),
    })
    const event: NewEvent = retaining
      ? retained("ParallelCluster's own stack", held)
      : { type: 'Progress', message: "ParallelCluster's own stack is being deleted without its provider." }
    const removal = underWay(before, held)
    await lookAgain(context, cluster, { removal }, [event])
  },

  async noteStuck(context, cluster, _own, { of }) {
    const { cloud } = context
    const before = begun(context, cluster)
    const held = await cloud.listHeld(of === 'own' ? stackName(cluster) : cluster.name)
    const counted = of === 'own' ? 'tries' : 'pclusterTries'
    const tries = before[counted] + 1
    const seconds = secondsUntilRetry(of, tries)
    const retryAt = new Date(cloud.now().getTime() + seconds * 1000).toISOString()
    const removal: Removal = { ...before, [counted]: tries, retryAt, held }
    if (isForced(cluster)) return lookAgain(context, cluster, { removal }, [], lookAgainSeconds(0))
    await tellStuck(
      context,
      { ...cluster, removal },
      of === 'own' ? stackStuck(held) : pclusterStackStuck(held),
      seconds,
    )
  },

  pause: (context, cluster) => {
    const seconds = -secondsSince(context, cluster.removal?.retryAt ?? cluster.statusSince)
    return lookAgain(context, cluster, {}, [], Math.max(2, seconds))
  },

  async settleFailure(context, cluster) {
    if (await tellLeftovers(context, cluster, await remaining(context, cluster))) return
    await giveBack(context, cluster)
    const { slot: _slot, keys: _keys, rotation: _rotation, accounting: _accounting, ...holds } = cluster
    const { operation: _operation, removal: _removal, ...held } = holds
    const { stackId: _stackId, zone: _zone, subnetId: _subnetId, problems: _problems, ...kept } = held
    const { reason, message } = cluster.failure as Failure
    const { dueAt: _dueAt, headNode: _headNode, ...rest } = kept
    const after: Cluster = {
      ...rest,
      status: 'CREATE_FAILED',
      statusSince: context.cloud.now().toISOString(),
    }
    await context.cloud.commit({
      before: cluster,
      after,
      events: [{ type: 'Status', status: 'CREATE_FAILED', reason, message }],
    })
  },

  async forget(context, cluster) {
    if (!isForced(cluster)) {
      const left = await remaining(context, cluster)
      if (await tellLeftovers(context, cluster, left)) return
      await giveBack(context, cluster)
      return letGo(context, cluster, [])
    }
    const looked = await remaining(context, cluster).then(
      (left) => ({ left }),
      (error: unknown) => ({ left: retainedOf(cluster), error }),
    )
    const held = await removeHoldings(context, cluster)
    const left = [...looked.left, ...held.left]
    if (!('error' in looked) && !('error' in held)) return letGo(context, cluster, left)
    // What fails may pass, and force does not wait for ever that it does.
    const before = begun(context, cluster)
    const { failingSince = context.cloud.now().toISOString() } = before
    if (secondsSince(context, failingSince) >= graceSeconds) return letGo(context, cluster, left)
    await lookAgain(context, cluster, { removal: { ...before, failingSince, held: held.left } })
  },
}

/** Throws what keeps any of it from being given back. */
async function giveBack(context: Context, cluster: Cluster): Promise<void> {
  const held = await removeHoldings(context, cluster)
  if ('error' in held) throw held.error
}

async function letGo(context: Context, cluster: Cluster, left: Leftover[]): Promise<void> {
  const seconds = cluster.removal ? secondsSince(context, cluster.removal.since) : undefined
  const message =
    left.length === 0
      ? 'The cluster and all that it held is gone.'
      : `The cluster is gone by force, and what could not be deleted is left${listed(left)}.`
  await context.cloud.commit({
    before: cluster,
    after: undefined,
    keepsSlot: left.some(({ type }) => type === 'AWS::EC2::Subnet'),
    events: [
      {
        type: 'Status',
        status: 'DELETE_COMPLETE',
        message,
        ...(left.length > 0 ? { reason: 'Leftovers' } : {}),
        ...(seconds === undefined ? {} : { seconds }),
      },
    ],
  })
}

/** Waits for a removal, and tells that it takes too long where it does. */
export const waitForRemoval = (
  context: Context,
  cluster: Cluster,
  { stuck }: Extract<Step, { do: 'wait' }>,
): Promise<void> =>
  stuck && cluster.status !== 'DELETE_FAILED'
    ? tellStuck(context, cluster, stuck)
    : lookAgain(
        context,
        cluster,
        { removal: begun(context, cluster) },
        [],
        stuck ? overdueSeconds(context, cluster) : undefined,
      )

/** What takes too long is looked at more and more rarely. */
const overdueSeconds = (context: Context, { removal, statusSince }: Cluster): number =>
  Math.min(auditSeconds, Math.max(60, Math.round(secondsSince(context, removal?.since ?? statusSince) / 20)))

/** Records that the removal is stuck, and tells it where that was not known, or is another trouble now. */
export async function tellStuck(
  context: Context,
  cluster: Cluster,
  stuck: Failure,
  seconds?: number,
): Promise<void> {
  // A create that failed keeps the reason that its caller will want to know.
  const failure = cluster.wanted === 'present' ? cluster.failure : stuck
  // By what is stuck, and not by AWS's words on it, which have the id of a request in them.
  const before = begun(context, cluster)
  const told = [stuck.reason, ...(before.held ?? []).map(({ logicalId }) => logicalId)].join(' ')
  const isKnown = cluster.status === 'DELETE_FAILED' && before.told === told
  const removal = { ...before, told }
  await lookAgain(
    context,
    cluster,
    { failure, removal, ...(isKnown ? {} : { status: 'DELETE_FAILED' as const }) },
    isKnown ? [] : [{ type: 'Failure', status: 'DELETE_FAILED', ...stuck }],
    seconds ?? overdueSeconds(context, cluster),
  )
}

const begun = ({ cloud }: Context, { removal }: Cluster): Removal => removal ?? newRemoval(cloud.now())

/** A try has begun: when the next one is due shows once this one has ended. */
const underWay = ({ retryAt: _retryAt, ...removal }: Removal, left: Leftover[]): Removal => ({
  ...removal,
  ...(left.length > 0 ? { retained: [...(removal.retained ?? []), ...left] } : {}),
})

const retained = (what: string, held: Leftover[]): NewEvent => ({
  type: 'Failure',
  reason: 'ResourcesRetained',
  message: `The deletion of ${what} goes on without what it could not delete${listed(held)}.`,
})

/** Behind the resource that stands for the cluster is ParallelCluster's stack, which is looked at by itself. */
const retainedOf = ({ removal }: Cluster): Leftover[] =>
  (removal?.retained ?? []).filter(({ type }) => type !== 'Custom::PclusterCluster')

async function remaining({ cloud }: Context, cluster: Cluster): Promise<Leftover[]> {
  const left = retainedOf(cluster)
  return left.length > 0 ? cloud.listRemaining(left) : []
}

/** Whether the record has to stay for what is left, as it does until somebody lets it go by force. */
async function tellLeftovers(context: Context, cluster: Cluster, left: Leftover[]): Promise<boolean> {
  if (left.length === 0 || isForced(cluster)) return false
  await tellStuck(context, await giveUpPlace(context, cluster), leftBehind(left), auditSeconds)
  return true
}
