// The wish for new keys of a cluster that runs: minted here, brought to the nodes by the reconciler.
import type { ClusterView } from '../answers.ts'
import { isBuilt } from '../built.ts'
import type { Cluster } from '../cluster.ts'
import type { Context } from '../context.ts'
import type { Input } from '../contract.ts'
import { AppError, isAppError } from '../errors.ts'
import { mintPairs, removePairs } from '../keys.ts'
import { isRotating, type KeyOwner, ownersOf, type Rotation } from '../rotation.ts'
import { view } from '../view.ts'
import { requireCluster } from './get-cluster.ts'

// A pass may record a fact in between; each round sees the latest write.
const rounds = 3
/** Time for this request to write its record before the reconciler looks for it. */
const firstLookSeconds = 1

export async function rotateKeys(
  context: Context,
  { name, which }: Input<'rotateKeys'>,
): Promise<ClusterView> {
  const { cloud, site } = context
  const before = await requireCluster(context, name)
  requireRotatable(before)
  if (isRotating(before)) return view(await goOn(context, before, which), site)
  const id = cloud.newDeploymentId()
  const { deploymentId } = before
  // Before anything is minted someone must know of it: this message has the reconciler clear up if we die here.
  await cloud.wake(
    { name, deploymentId, rotationId: id, requestedAt: cloud.now().toISOString() },
    firstLookSeconds,
  )
  const owners = [...new Set(which)].sort().reverse()
  const pairs = await mintPairs(cloud, before, owners, { rotationId: id, site: site.name })
  const after = await writeWish(context, before, { id, phase: 'installing', pairs })
  if (after) return view(after, site)
  await removePairs(cloud, before, [id])
  throw changed(name)
}

/** The cluster with the wish, or undefined where it is not to be written any more. */
async function writeWish(
  { cloud }: Context,
  seen: Cluster,
  rotation: Pick<Rotation, 'id' | 'phase' | 'pairs'>,
): Promise<Cluster | undefined> {
  let before: Cluster | undefined = seen
  const message = `New keys were asked for: ${ownersOf(rotation).join(' and ')}.`
  for (let round = 1; round <= rounds; round++) {
    if (!before || before.deploymentId !== seen.deploymentId || refusalOf(before) || isRotating(before))
      return undefined
    const now = cloud.now().toISOString()
    const after: Cluster = { ...before, rotation: { ...rotation, since: now }, dueAt: now }
    try {
      await cloud.commit({ before, after, events: [{ type: 'Wish', message }] })
      return { ...after, version: after.version + 1 }
    } catch (error) {
      if (!isAppError(error, 'Conflict')) throw error
      before = await cloud.getCluster(seen.name)
    }
  }
  return undefined
}

/** The rotation that is under way already; one that stopped begins its present phase again. */
async function goOn({ cloud }: Context, before: Cluster, which: KeyOwner[]): Promise<Cluster> {
  const { failure, writtenAt: _writtenAt, ...rotation } = before.rotation as Rotation
  const { name, deploymentId } = before
  if (which.some((owner) => !ownersOf(rotation).includes(owner)))
    throw new AppError('ClusterBusy', `Other keys of ${name} are being rotated. Ask again once they are.`, {
      retryAfterSeconds: 60,
    })
  const now = cloud.now().toISOString()
  const after: Cluster = { ...before, rotation: { ...rotation, since: now }, dueAt: now }
  if (failure) {
    const message = 'The rotation of the keys goes on.'
    await cloud.commit({ before, after, events: [{ type: 'Wish', message }] })
  }
  // Also for a wish that was written before: its message may have been lost.
  await cloud.wake({ name, deploymentId, prompt: true }, 0)
  return failure ? { ...after, version: after.version + 1 } : before
}

function requireRotatable(cluster: Cluster): void {
  const refusal = refusalOf(cluster)
  if (refusal) throw refusal
}

function refusalOf(cluster: Cluster): AppError | undefined {
  const { name, wanted, status, failure, keys } = cluster
  if (wanted === 'absent')
    return new AppError('ClusterDeleting', `The cluster ${name} is being deleted, and its keys with it.`, {
      retryAfterSeconds: 60,
    })
  if (failure || status === 'CREATE_FAILED')
    return new AppError('ClusterFailed', `The cluster ${name} has failed, and has no keys. Create it anew.`)
  if (!isBuilt(cluster))
    return new AppError('ClusterBusy', `The cluster ${name} is being created. Ask again once it is ready.`, {
      retryAfterSeconds: 30,
    })
  if (!keys?.current)
    return new AppError(
      'KeysFixed',
      `The nodes of ${name} do not look for new keys: an earlier version of this service made it. Delete it and create it anew.`,
    )
  return undefined
}

const changed = (name: string): AppError =>
  new AppError('Conflict', `The cluster ${name} was changed at the same moment. Ask again.`, {
    retryAfterSeconds: 2,
  })
