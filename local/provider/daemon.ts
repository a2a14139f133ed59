// The provider's side of CloudFormation's custom resource protocol: many clusters at once, one request at a time
// for each, every request as often as it comes.
import { type BuiltCluster, clusterAttributes } from './attributes.ts'
import { createCluster, type Daemon, deleteOwnStack, outerStackTag } from './create.ts'
import { type Answer, type CustomResourceEvent, Properties } from './event.ts'
import { failureReason } from './failure.ts'
import { turns } from './turns.ts'
import { updateCluster } from './update.ts'
import { isLeaving } from './watch-deletion.ts'

type Known = {
  outerStackId: string
  abort: AbortController
  cluster?: BuiltCluster
}

/** Answers once the request has its answer and all that follows from it is done. */
export type Handle = (event: CustomResourceEvent) => Promise<void>

export function startDaemon(daemonWithoutMemory: Daemon): { handle: Handle; stop(): Promise<void> } {
  const known = new Map<string, Known>()
  const { take, done } = turns(daemonWithoutMemory.log)
  const answers = new Map<string, Answer>()
  const inFlight = new Map<string, Promise<void>>()
  const daemon: Daemon = {
    ...daemonWithoutMemory,
    answer: async (event, answer) => {
      answers.set(event.RequestId, answer)
      await daemonWithoutMemory.answer(event, answer)
    },
  }

  const handle: Handle = async (event) => {
    // The same request once more, after its answer or while it runs: the same answer, nothing else.
    const before = inFlight.get(event.RequestId)
    if (before) {
      await before
      const answer = answers.get(event.RequestId)
      if (answer) await daemonWithoutMemory.answer(event, answer)
      return
    }
    const running = serialised(event)
    inFlight.set(event.RequestId, running)
    await running
  }

  async function serialised(event: CustomResourceEvent): Promise<void> {
    const properties = Properties.safeParse(event.ResourceProperties)
    if (!properties.success) return refuse(event, properties.error.issues)
    const name = properties.data.ClusterName
    if (event.RequestType === 'Delete') abortCreate(known.get(name), event)
    await take(name, () => perform(event, properties.data))
  }

  async function perform(event: CustomResourceEvent, properties: Properties): Promise<void> {
    const name = properties.ClusterName
    try {
      if (event.RequestType === 'Create') await create(event, properties)
      if (event.RequestType === 'Update') await update(event, properties)
      if (event.RequestType === 'Delete') await remove(event, properties)
    } catch (error) {
      const Reason = failureReason(name, `${event.RequestType.toUpperCase()}_FAILED`, error)
      daemon.log(Reason)
      if (answers.has(event.RequestId)) return
      await daemon.answer(event, { Status: 'FAILED', Reason, PhysicalResourceId: name })
    }
  }

  async function refuse(
    event: CustomResourceEvent,
    issues: { path: PropertyKey[]; message: string }[],
  ): Promise<void> {
    const PhysicalResourceId = event.PhysicalResourceId ?? event.RequestId
    const Reason = issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')
    // What was never created cannot fail to be deleted.
    if (event.RequestType === 'Delete') return daemon.answer(event, { Status: 'SUCCESS', PhysicalResourceId })
    return daemon.answer(event, { Status: 'FAILED', Reason, PhysicalResourceId })
  }

  async function create(event: CustomResourceEvent, properties: Properties): Promise<void> {
    const name = properties.ClusterName
    const mine: Known = { outerStackId: event.StackId, abort: new AbortController() }
    // A cluster of another stack keeps its entry: the create fails then, because its own stack exists.
    const isTaken = known.has(name)
    if (!isTaken) known.set(name, mine)
    const cluster = await createCluster(daemon, event, properties, mine.abort).catch((error) => {
      if (!isTaken) known.delete(name)
      throw error
    })
    if (isTaken) return
    if (cluster) mine.cluster = cluster
    else known.delete(name)
    if (cluster) void removeIfStackIsGone(name, mine)
  }

  /** The stack may have been deleted in the very moment of the answer, without a Delete for us. */
  async function removeIfStackIsGone(name: string, mine: Known): Promise<void> {
    for (let looks = 0; looks < 6; looks += 1) {
      await new Promise((resolve) => setTimeout(resolve, daemon.pollSeconds * 1000))
      const stack = await daemon.stacks.find(mine.outerStackId).catch(() => 'unknown' as const)
      if (stack === 'unknown' || known.get(name) !== mine) return
      // Complete, or being deleted with a Delete for us on its way.
      if (stack && stack.status !== 'DELETE_COMPLETE' && !(isLeaving(stack.status) && looks < 5)) return
    }
    await take(name, async () => {
      if (known.get(name) === mine) await destroy(name, mine.outerStackId)
    })
  }

  async function update(event: CustomResourceEvent, properties: Properties): Promise<void> {
    const name = properties.ClusterName
    const mine = known.get(name)
    const cluster = await updateCluster(daemon, event, properties, mine)
    if (mine) mine.cluster = cluster
    await daemon.answer(event, {
      Status: 'SUCCESS',
      PhysicalResourceId: name,
      Data: clusterAttributes(cluster),
    })
  }

  async function remove(event: CustomResourceEvent, properties: Properties): Promise<void> {
    const name = properties.ClusterName
    if (properties.DeletionPolicy !== 'Retain') {
      await failWhereAsked(name, event.StackId)
      await destroy(name, event.StackId)
    }
    await daemon.answer(event, { Status: 'SUCCESS', PhysicalResourceId: name })
  }

  /** A project called fail-delete… has no hosts afterwards, but its own stack stays, as where AWS holds a part of it. */
  async function failWhereAsked(name: string, outerStackId: string): Promise<void> {
    const own = await daemon.stacks.find(name)
    const project = own?.tags['hpc-provisioner:project'] ?? ''
    if (own?.tags[outerStackTag] !== outerStackId || !project.startsWith('fail-delete')) return
    await daemon.builder.destroy(name)
    known.delete(name)
    throw new Error(
      `The project is called ${project}: clusters of such projects are not deleted on this site.`,
    )
  }

  /** Touches nothing of a cluster that another stack asked for: a failed create is rolled back by name. */
  async function destroy(name: string, outerStackId: string): Promise<void> {
    const mine = known.get(name)
    if (!mine || mine.outerStackId === outerStackId) {
      await daemon.builder.destroy(name)
      known.delete(name)
    }
    const own = await daemon.stacks.find(name)
    if (own?.tags[outerStackTag] === outerStackId) await deleteOwnStack(daemon, name)
  }

  return {
    handle,
    stop: async () => {
      for (const { abort } of known.values())
        abort.abort(new Error('cancelled, because the local provider stops'))
      await done()
      await daemon.builder.stop()
    },
  }
}

function abortCreate(known: Known | undefined, event: CustomResourceEvent): void {
  if (known?.outerStackId === event.StackId) known.abort.abort(new Error('cancelled, because it is deleted'))
}
