// What each step does. A step may happen twice, at the same time or half: the next look goes on from what is there.
import type { Cloud, NewEvent, Stack } from '../cloud.ts'
import type { Cluster, Failure } from '../cluster.ts'
import type { Context } from '../context.ts'
import { stackName } from '../names.ts'
import { rotationIsDue } from '../rotation.ts'
import { drain, exportData, importData, movesData } from './data-steps.ts'
import { importIsDue, lookAgainSeconds, type Step } from './decide.ts'
import { createFailure, isCapacity, tryNextZone } from './next-zone.ts'
import { type Facts, isEarly, lookAgain, record } from './record.ts'
import { removeHoldings } from './remove-holdings.ts'
import { rotateKeys } from './rotate-keys.ts'
import { factsOfOutputs } from './stack-facts.ts'
import { startStack, updateStack } from './start-stack.ts'
import { watchLifetime } from './watch-lifetime.ts'

/** A deletion that is stuck is tried again this often. */
const stuckSeconds = 300

type Act<Do extends Step['do']> = (
  context: Context,
  cluster: Cluster,
  own: Stack,
  step: Extract<Step, { do: Do }>,
) => Promise<void>

export const act: { [Do in Step['do']]: Act<Do> } = {
  async create(context, cluster) {
    const started = await startStack(context, cluster)
    if (!started.failure) return lookAgain(context, started.cluster, {})
    await fail(context, started.cluster, started.failure)
  },

  wait: (context, cluster, own) =>
    own.phase === 'creating' && cluster.wanted === 'present'
      ? lookAgain(context, cluster, { stackId: own.stackId })
      : lookAgain(context, cluster, {}),

  ready: (context, cluster, own) =>
    settle(context, cluster, { ...factsOfOutputs(own), readyAt: context.cloud.now().toISOString() }, [
      {
        type: 'Status',
        status: 'CREATE_COMPLETE',
        message: 'The cluster is ready.',
        seconds: secondsSince(context, cluster.requestedAt),
      },
    ]),

  async update(context, cluster, own) {
    const { done, refused } = await updateStack(context, cluster)
    if (done) return updated(context, cluster, own)
    if (refused) return failUpdate(context, cluster, { reason: 'UpdateRefused', message: refused })
    const message = 'The cluster is being updated.'
    await lookAgain(
      context,
      cluster,
      { tried: cluster.generation ?? 0 },
      [{ type: 'Status', status: 'UPDATE_IN_PROGRESS', message }],
      lookAgainSeconds(0),
    )
  },

  updated: (context, cluster, own) => updated(context, cluster, own),

  async failUpdate(context, cluster, own, { failure }) {
    const told = failure ?? { reason: 'UpdateFailed', message: await stackFailure(context.cloud, own) }
    await failUpdate(context, cluster, told)
  },

  async fail(context, cluster, own, { failure }) {
    if (failure) return fail(context, cluster, failure)
    const message = await createFailure(context.cloud, cluster, await stackFailure(context.cloud, own))
    if (!isCapacity(message)) return fail(context, cluster, { reason: 'CreateFailed', message })
    await tryNextZone(context, cluster, message, (told) => fail(context, cluster, told))
  },

  async remove(context, cluster, { stackId }, { stuck }) {
    await context.cloud.deleteStack(stackName(cluster))
    if (stuck) {
      const told: NewEvent = { type: 'Failure', status: 'DELETE_FAILED', ...stuck }
      const known = cluster.status === 'DELETE_FAILED'
      // A create that failed keeps the reason that its caller will want to know.
      const failure = cluster.wanted === 'present' ? cluster.failure : stuck
      return lookAgain(
        context,
        cluster,
        { status: 'DELETE_FAILED', failure },
        known ? [] : [told],
        stuckSeconds,
      )
    }
    if (cluster.wanted === 'present' || cluster.status === 'DELETE_IN_PROGRESS')
      return lookAgain(context, cluster, { stackId })
    await lookAgain(context, cluster, { status: 'DELETE_IN_PROGRESS', stackId }, [
      { type: 'Status', status: 'DELETE_IN_PROGRESS', message: "The cluster's resources are being deleted." },
    ])
  },

  async settleFailure(context, cluster) {
    await removeHoldings(context, cluster)
    const { slot: _slot, keys: _keys, rotation: _rotation, accounting: _accounting, ...holds } = cluster
    const { operation: _operation, ...held } = holds
    const { stackId: _stackId, zone: _zone, subnetId: _subnetId, ...kept } = held
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
    await removeHoldings(context, cluster)
    await context.cloud.commit({
      before: cluster,
      after: undefined,
      events: [
        {
          type: 'Status',
          status: 'DELETE_COMPLETE',
          message: 'The cluster and all that it held is gone.',
          ...(cluster.status === 'DELETE_IN_PROGRESS'
            ? { seconds: secondsSince(context, cluster.statusSince) }
            : {}),
        },
      ],
    })
  },

  watchLifetime,
  importData,
  drain,
  exportData,
  rotateKeys,

  async rest(context, cluster) {
    if (cluster.dueAt && !isEarly(cluster, context.cloud.now())) await record(context, cluster, {}, [])
  },
}

/** Nothing more is to come for a cluster, but perhaps new keys and the import of its data. */
const settle = (context: Context, cluster: Cluster, facts: Facts, events: NewEvent[]): Promise<void> =>
  rotationIsDue(cluster) || importIsDue(cluster, { movesData: movesData(context.site, cluster) })
    ? lookAgain(context, cluster, facts, events, lookAgainSeconds(0))
    : record(context, cluster, facts, events)

const secondsSince = ({ cloud }: Context, time: string): number =>
  Math.round((cloud.now().getTime() - Date.parse(time)) / 1000)

/** What the record says of the shape follows the stack, and never the wish alone. */
const updated = (context: Context, cluster: Cluster, own: Stack): Promise<void> =>
  settle(context, cluster, { ...factsOfOutputs(own), built: cluster.spec, tried: cluster.generation ?? 0 }, [
    { type: 'Status', status: 'UPDATE_COMPLETE', message: 'The cluster is updated.' },
  ])

/** The cluster runs in the shape that it had. The same wish is not tried again until somebody wishes anew. */
const failUpdate = (context: Context, cluster: Cluster, updateFailure: Failure): Promise<void> =>
  settle(context, cluster, { updateFailure, tried: cluster.generation ?? 0 }, [
    { type: 'Status', status: 'UPDATE_FAILED', ...updateFailure },
  ])

async function stackFailure(cloud: Cloud, own: Stack): Promise<string> {
  const told = own.stackId ? await cloud.getStackFailure(own.stackId) : undefined
  return told ?? `CloudFormation ended the stack as ${own.status ?? 'failed'} and gave no reason.`
}

const fail = (context: Context, cluster: Cluster, failure: Failure): Promise<void> =>
  lookAgain(context, cluster, { failure }, [{ type: 'Failure', ...failure }])
