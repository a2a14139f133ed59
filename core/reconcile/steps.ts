// What each step does. A step may happen twice, at the same time or half: the next look goes on from what is there.
import type { Cloud, NewEvent, Stack } from '../cloud.ts'
import type { Cluster, Failure } from '../cluster.ts'
import type { Context } from '../context.ts'
import { giveUpPlace, leaveQueue } from '../queue/end-turn.ts'
import { rotationIsDue } from '../rotation.ts'
import { audit } from './audit.ts'
import { drain, exportData, importData, movesData } from './data-steps.ts'
import { doubtSeconds, importIsDue, lookAgainSeconds, type Step } from './decide.ts'
import { newRemoval } from './decide-removal.ts'
import { createFailure, isCapacity, tryNextZone } from './next-zone.ts'
import { type Facts, isEarly, lookAgain, record, secondsSince } from './record.ts'
import { removalSteps, waitForRemoval } from './removal-steps.ts'
import { rotateKeys } from './rotate-keys.ts'
import { factsOfOutputs } from './stack-facts.ts'
import { startStack, updateStack } from './start-stack.ts'
import { watchLifetime } from './watch-lifetime.ts'

/** Answers a failure that it put on record in place of throwing it. */
export type Act<Do extends Step['do']> = (
  context: Context,
  cluster: Cluster,
  own: Stack,
  step: Extract<Step, { do: Do }>,
) => Promise<unknown>

export const act: { [Do in Step['do']]: Act<Do> } = {
  async create(context, cluster) {
    const started = await startStack(context, cluster)
    if (!started.failure) return lookAgain(context, started.cluster, {})
    await fail(context, started.cluster, started.failure)
  },

  wait(context, cluster, own, step) {
    if (cluster.wanted === 'absent' || cluster.failure) return waitForRemoval(context, cluster, step)
    return lookAgain(context, cluster, own.phase === 'creating' ? { stackId: own.stackId } : {})
  },

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
    if (refused) {
      const failure = { reason: 'UpdateRefused', message: refused }
      return failUpdate(context, await giveUpPlace(context, cluster), failure)
    }
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
    const isBegun = cluster.status === 'UPDATE_IN_PROGRESS'
    await failUpdate(context, isBegun ? cluster : await leaveQueue(context, cluster), told)
  },

  doubt: (context, cluster) =>
    lookAgain(context, cluster, { missedAt: context.cloud.now().toISOString() }, [], doubtSeconds),

  async fail(context, cluster, own, { failure }) {
    if (failure) return fail(context, cluster, failure)
    const message = await createFailure(context.cloud, cluster, await stackFailure(context.cloud, own))
    if (!isCapacity(message)) return fail(context, cluster, { reason: 'CreateFailed', message })
    await tryNextZone(context, cluster, message, (told) => fail(context, cluster, told))
  },

  ...removalSteps,

  watchLifetime,
  importData,
  drain,
  exportData,
  rotateKeys,

  async rest(context, cluster) {
    if (!cluster.dueAt || isEarly(cluster, context.cloud.now())) return
    if (cluster.status === 'CREATE_FAILED') return record(context, cluster, {}, [])
    await audit(context, cluster)
  },
}

/** Nothing more is to come for a cluster, but perhaps new keys and the import of its data. */
const settle = (context: Context, cluster: Cluster, facts: Facts, events: NewEvent[]): Promise<void> =>
  rotationIsDue(cluster) || importIsDue(cluster, { movesData: movesData(context.site, cluster) })
    ? lookAgain(context, cluster, facts, events, lookAgainSeconds(0))
    : record(context, cluster, facts, events)

/** What the record says of the shape follows the stack, and never the wish alone. */
const updated = (context: Context, cluster: Cluster, own: Stack): Promise<void> =>
  settle(context, cluster, { ...factsOfOutputs(own), built: cluster.spec, tried: cluster.generation ?? 0 }, [
    { type: 'Status', status: 'UPDATE_COMPLETE', message: 'The cluster is updated.' },
  ])

/** The cluster runs in the shape that it had. The same wish is not tried again until somebody wishes anew. */
export const failUpdate = (context: Context, cluster: Cluster, updateFailure: Failure): Promise<void> =>
  settle(context, cluster, { updateFailure, tried: cluster.generation ?? 0 }, [
    { type: 'Status', status: 'UPDATE_FAILED', ...updateFailure },
  ])

async function stackFailure(cloud: Cloud, own: Stack): Promise<string> {
  const told = own.stackId ? await cloud.getStackFailure(own.stackId) : undefined
  return told ?? `CloudFormation ended the stack as ${own.status ?? 'failed'} and gave no reason.`
}

const fail = (context: Context, cluster: Cluster, failure: Failure): Promise<void> =>
  lookAgain(context, cluster, { failure, removal: newRemoval(context.cloud.now()) }, [
    { type: 'Failure', ...failure },
  ])
