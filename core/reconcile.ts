// One pass over one cluster: look, decide, act, record. A message says which cluster, never what to do; a pass
// may happen twice, at the same time or half, and the next one goes on from what is there.
import type { Cloud, Message, NewEvent, Stack } from './cloud.ts'
import type { Cluster, Failure } from './cluster.ts'
import type { Context } from './context.ts'
import { decide, lookAgainSeconds, type Step } from './decide.ts'
import { isAppError } from './errors.ts'
import { removeKeys } from './keys.ts'
import { stackName } from './names.ts'
import { factsOfOutputs } from './stack-facts.ts'
import { startStack, updateStack } from './start-stack.ts'

/** Seconds after which a message without a record is of a create that was never written: far more than a request may last. */
const orphanSeconds = 120
/** A settled cluster is looked at this often, in case its stack was touched by someone else. */
const auditSeconds = 3600
/** A deletion that is stuck is tried again this often. */
const stuckSeconds = 300
// Clocks differ a little, and SQS counts whole seconds. Less than the least wait between two looks, so that a message
// which comes twice is early the second time and does not start a second chain of looks.
const earlySeconds = 1

export async function reconcile(context: Context, message: Message): Promise<void> {
  const { cloud, site } = context
  const cluster = await cloud.getCluster(message.name)
  if (cluster?.deploymentId !== message.deploymentId) return tidyUnwritten(cloud, message)

  const now = cloud.now()
  if (!message.prompt && isEarly(cluster, now)) return
  const [own, pcluster] = await Promise.all([
    cloud.getStack(stackName(cluster)),
    cloud.getStack(cluster.name),
  ])
  const step = decide(
    cluster,
    { own: own.phase, pclusterStack: pcluster.phase !== 'absent', now },
    site.limitSeconds,
  )
  try {
    await act[step.do](context, cluster, own, step as never)
  } catch (error) {
    // Another pass or a wish came first; whoever wrote the record has asked for the next look.
    if (!isAppError(error, 'Conflict')) throw error
  }
}

const isEarly = ({ dueAt }: Cluster, now: Date): boolean =>
  dueAt === undefined || Date.parse(dueAt) > now.getTime() + earlySeconds * 1000

/** A message whose deployment has no record: the create is being written, or it crashed and left keys, or it is over. */
async function tidyUnwritten(cloud: Cloud, message: Message): Promise<void> {
  if (!message.requestedAt) return removeLateStack(cloud, message)
  const seconds = (cloud.now().getTime() - Date.parse(message.requestedAt)) / 1000
  // Twice as late each time: without a record nothing tells a message from its double, so there must be few of them.
  if (seconds < orphanSeconds) return cloud.wake(message, Math.max(2, Math.round(seconds)))
  await removeKeys(cloud, message)
}

/** A pass that was held up may start a stack when its cluster is forgotten already; the stack's own events tell of it. */
async function removeLateStack(cloud: Cloud, message: Message): Promise<void> {
  const name = stackName(message)
  const { phase } = await cloud.getStack(name)
  if (phase === 'creating' || phase === 'ready' || phase === 'failed') await cloud.deleteStack(name)
}

type Act<Do extends Step['do']> = (
  context: Context,
  cluster: Cluster,
  own: Stack,
  step: Extract<Step, { do: Do }>,
) => Promise<void>

const act: { [Do in Step['do']]: Act<Do> } = {
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
    record(context, cluster, { ...factsOfOutputs(own), readyAt: context.cloud.now().toISOString() }, [
      { type: 'Status', status: 'CREATE_COMPLETE', message: 'The cluster is ready.' },
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
    const told = failure ?? { reason: 'CreateFailed', message: await stackFailure(context.cloud, own) }
    await fail(context, cluster, told)
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
    await removeKeys(context.cloud, cluster)
    const { slot: _slot, keys: _keys, stackId: _stackId, zone: _zone, subnetId: _subnetId, ...kept } = cluster
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
    await removeKeys(context.cloud, cluster)
    await context.cloud.commit({
      before: cluster,
      after: undefined,
      events: [
        { type: 'Status', status: 'DELETE_COMPLETE', message: 'The cluster and all that it held is gone.' },
      ],
    })
  },

  async rest(context, cluster) {
    if (cluster.dueAt && !isEarly(cluster, context.cloud.now())) await record(context, cluster, {}, [])
  },
}

/** What the record says of the shape follows the stack, and never the wish alone. */
const updated = (context: Context, cluster: Cluster, own: Stack): Promise<void> =>
  record(context, cluster, { ...factsOfOutputs(own), built: cluster.spec, tried: cluster.generation ?? 0 }, [
    { type: 'Status', status: 'UPDATE_COMPLETE', message: 'The cluster is updated.' },
  ])

/** The cluster runs in the shape that it had. The same wish is not tried again until somebody wishes anew. */
const failUpdate = (context: Context, cluster: Cluster, updateFailure: Failure): Promise<void> =>
  record(context, cluster, { updateFailure, tried: cluster.generation ?? 0 }, [
    { type: 'Status', status: 'UPDATE_FAILED', ...updateFailure },
  ])

async function stackFailure(cloud: Cloud, own: Stack): Promise<string> {
  const told = own.stackId ? await cloud.getStackFailure(own.stackId) : undefined
  return told ?? `CloudFormation ended the stack as ${own.status ?? 'failed'} and gave no reason.`
}

const fail = (context: Context, cluster: Cluster, failure: Failure): Promise<void> =>
  lookAgain(context, cluster, { failure }, [{ type: 'Failure', ...failure }])

/** Records new facts of a cluster that stays as it is from now on; it is audited from time to time. */
async function record(
  context: Context,
  cluster: Cluster,
  facts: Partial<Cluster>,
  events: NewEvent[],
): Promise<void> {
  await context.cloud.commit({
    before: cluster,
    after: withFacts(context, cluster, facts, events, auditSeconds),
    events,
  })
}

/** Records new facts and asks for the next look. Only the pass whose write holds asks, so there is one chain of looks. */
async function lookAgain(
  context: Context,
  cluster: Cluster,
  facts: { [K in keyof Cluster]?: Cluster[K] | undefined },
  events: NewEvent[] = [],
  seconds = lookAgainSeconds((context.cloud.now().getTime() - Date.parse(cluster.statusSince)) / 1000),
): Promise<void> {
  const after = withFacts(context, cluster, facts, events, seconds)
  await context.cloud.commit({ before: cluster, after, events })
  await context.cloud.wake({ name: cluster.name, deploymentId: cluster.deploymentId }, seconds)
}

function withFacts(
  { cloud }: Context,
  cluster: Cluster,
  facts: { [K in keyof Cluster]?: Cluster[K] | undefined },
  events: NewEvent[],
  seconds: number,
): Cluster {
  const now = cloud.now()
  const status = events.findLast(
    (event) => event.type === 'Status' || event.status === 'DELETE_FAILED',
  )?.status
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
  return {
    ...cluster,
    ...known,
    ...(status && status !== 'DELETE_COMPLETE' ? { status, statusSince: now.toISOString() } : {}),
    dueAt: new Date(now.getTime() + seconds * 1000).toISOString(),
  }
}
