// Creates one cluster: ParallelCluster's own stack first, then the hosts; and undoes both when that fails or when
// the outer stack is deleted meanwhile.
import { Configuration } from '../slurm/configuration.ts'
import { until } from '../slurm/run.ts'
import { type BuiltCluster, clusterAttributes } from './attributes.ts'
import type { Builder } from './build.ts'
import type { Answer, CustomResourceEvent, Properties } from './event.ts'
import { failureReason } from './failure.ts'
import type { Stacks } from './stacks.ts'
import { abortIfLeaving, watchDeletion } from './watch-deletion.ts'

export type Daemon = {
  builder: Builder
  stacks: Stacks
  region: string
  log: (line: string) => void
  answer: (event: CustomResourceEvent, answer: Answer) => Promise<void>
  now: () => Date
  newInstanceId: () => string
  pollSeconds: number
}

/** Marks ParallelCluster's own stack with the stack that asked for it: a delete by another one must not touch it. */
export const outerStackTag = 'hpc-provisioner:outer-stack'

/** Answers the event itself. Resolves with the cluster, or with undefined when there is none. */
export async function createCluster(
  daemon: Daemon,
  event: CustomResourceEvent,
  properties: Properties,
  abort: AbortController,
): Promise<BuiltCluster | undefined> {
  const name = properties.ClusterName
  const outer = await daemon.stacks.find(event.StackId)
  const createdAt = daemon.now().toISOString()
  const logs = Configuration.shape.Monitoring.safeParse(properties.ClusterConfiguration.Monitoring).data?.Logs
    .CloudWatch
  const logGroupName = `/aws/parallelcluster/${name}-${createdAt.replace(/\D/g, '').slice(0, 14)}`
  const ownStackId = await daemon.stacks.createOwn({
    name,
    logGroupName,
    logRetentionDays: logs?.RetentionInDays ?? 180,
    tags: { ...outer?.tags, 'parallelcluster:cluster-name': name, [outerStackTag]: event.StackId },
  })
  if (!ownStackId) {
    const there = await daemon.stacks.find(name)
    if (there?.tags[outerStackTag] === event.StackId) {
      await undoCreate(daemon, event, name, new Error('The provider ended while it built the cluster.'))
      return undefined
    }
    const Reason = failureReason(name, 'CREATE_FAILED', new Error(`Cluster ${name} already exists.`))
    await daemon.answer(event, { Status: 'FAILED', Reason, PhysicalResourceId: name })
    return undefined
  }
  const stopWatching = watchDeletion(daemon, event.StackId, abort)
  try {
    const build = { name, configuration: properties.ClusterConfiguration, tags: outer?.tags ?? {} }
    const headNode = await daemon.builder.build(build, abort.signal)
    await abortIfLeaving(daemon, event.StackId, abort)
    abort.signal.throwIfAborted()
    const cluster: BuiltCluster = {
      ...{ name, region: daemon.region, ownStackId, logGroupName, status: 'CREATE_COMPLETE' },
      ...{ createdAt, updatedAt: daemon.now().toISOString() },
      ...{ configuration: build.configuration, tags: build.tags },
      ...(headNode ? { headNode: { ...headNode, instanceId: daemon.newInstanceId() } } : {}),
    }
    await daemon.answer(event, {
      Status: 'SUCCESS',
      PhysicalResourceId: name,
      Data: clusterAttributes(cluster),
    })
    return cluster
  } catch (error) {
    await undoCreate(daemon, event, name, abort.signal.aborted ? abort.signal.reason : error)
    return undefined
  } finally {
    stopWatching()
  }
}

/** ParallelCluster's own stack goes last: whoever waits for it knows by its absence that all of it is gone. */
async function undoCreate(
  daemon: Daemon,
  event: CustomResourceEvent,
  name: string,
  error: unknown,
): Promise<void> {
  const Reason = failureReason(name, 'CREATE_FAILED', error)
  daemon.log(Reason)
  await daemon.builder.destroy(name)
  await daemon.answer(event, { Status: 'FAILED', Reason, PhysicalResourceId: name })
  await outerStackSettled(daemon, event.StackId)
  await deleteOwnStack(daemon, name)
}

// The emulator calls a stack deleted that is deleted while it is created, and yet rolls it back when our answer
// comes, so that it is there again. AWS and others send a Delete after the answer; the limit is for those.
async function outerStackSettled(daemon: Daemon, stackId: string): Promise<void> {
  const isSettled = async () =>
    (await daemon.stacks.history(stackId)).some((status) =>
      /^(ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED|UPDATE_ROLLBACK_COMPLETE|UPDATE_FAILED)$/.test(
        status,
      ),
    )
  await until(isSettled, { seconds: 20, stepSeconds: daemon.pollSeconds / 5, message: 'not settled' }).catch(
    () => {
      daemon.log(`${stackId} did not settle within 20 seconds of the answer.`)
    },
  )
}

export async function deleteOwnStack({ stacks, pollSeconds }: Daemon, name: string): Promise<void> {
  await stacks.deleteOwn(name)
  await until(async () => (await stacks.find(name)) === undefined, {
    seconds: 30,
    stepSeconds: pollSeconds / 5,
    message: `ParallelCluster's own stack ${name} could not be deleted.`,
  })
}
