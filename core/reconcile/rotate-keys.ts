// Brings a cluster's new keys to its nodes and takes the old ones away. The nodes fetch what they shall trust, and the
// head node says what it has done: nothing here reaches into a cluster. While nobody knows, both pairs work.
import type { Cloud } from '../cloud.ts'
import type { Cluster, Failure, Keys } from '../cluster.ts'
import type { Context } from '../context.ts'
import { isAppError } from '../errors.ts'
import { secretName } from '../names.ts'
import { keyOwners, ownersOf, type Pairs, type Rotation, stateOf, trustedKeys } from '../rotation.ts'
import { lookAgainSeconds, passSeconds } from './decide.ts'
import { lookAgain, secondsSince } from './record.ts'

type Rotating = Cluster & { keys: Keys; rotation: Rotation }

/** A node that has been away for more rotations than these is gone. */
const mostRetired = 10

export async function rotateKeys(context: Context, cluster: Cluster): Promise<void> {
  const { cloud, site } = context
  const rotation = cluster.rotation as Rotation
  const seconds = (cloud.now().getTime() - Date.parse(rotation.since)) / 1000
  const writtenAt = rotation.writtenAt ?? cloud.now().toISOString()
  // Where a site builds no host there is nobody to trust a key.
  const confirmed = cluster.headNode ? await cloud.getTrustedState(cluster) : stateOf(rotation)
  const isConfirmed = confirmed === stateOf(rotation)
  if (isConfirmed && rotation.phase === 'installing') return change(context, cluster)
  if (!isConfirmed && secondsSince(context, writtenAt) > site.limitSeconds.rotating)
    return stopRotation(context, cluster, notConfirmed(rotation, site.limitSeconds.rotating))
  await cloud.putTrustedKeys(cluster, trustedKeys(cluster))
  if (!cluster.headNode) return retire(context, cluster)
  // A pass of before the new pairs were the cluster's, which was held up, may have had the old ones trusted again: the
  // text that counts is the one written when no such pass can be left.
  if (isConfirmed && seconds >= passSeconds) return retire(context, cluster)
  try {
    await lookAgain(context, cluster, { rotation: { ...rotation, writtenAt } }, [], lookAgainSeconds(seconds))
  } catch (error) {
    if (isAppError(error, 'Conflict')) await removeLateText(cloud, cluster)
    throw error
  }
}

/** A pass that was held up may write the text when its cluster is forgotten already. */
async function removeLateText(cloud: Cloud, cluster: Cluster): Promise<void> {
  const now = await cloud.getCluster(cluster.name)
  if (now?.deploymentId !== cluster.deploymentId) await cloud.deleteTrustedKeys(cluster)
}

/** The new pairs work, so they are the cluster's from now on. */
async function change(context: Context, cluster: Cluster): Promise<void> {
  const { keys, rotation } = cluster as Rotating
  const old = keys.current as NonNullable<typeof keys.current>
  const { pairs } = rotation
  const retired = pairs.admin
    ? [old.admin.publicKey, ...(keys.retired ?? [])].slice(0, mostRetired)
    : keys.retired
  const before: Pairs = Object.fromEntries(ownersOf(rotation).map((owner) => [owner, old[owner]]))
  await lookAgain(
    context,
    cluster,
    {
      keys: {
        ...keys,
        current: { user: pairs.user ?? old.user, admin: pairs.admin ?? old.admin },
        userSecretArn: (pairs.user ?? old.user).secretArn,
        adminSecretArn: (pairs.admin ?? old.admin).secretArn,
        ...(retired ? { retired } : {}),
      },
      rotation: {
        id: rotation.id,
        phase: 'retiring',
        since: context.cloud.now().toISOString(),
        pairs: before,
      },
    },
    [{ type: 'Progress', message: 'The new keys work. The old ones are taken away.' }],
    lookAgainSeconds(0),
  )
}

/** Nothing trusts the old pairs any more, so their private halves go. */
async function retire(context: Context, cluster: Cluster): Promise<void> {
  const { keys, rotation } = cluster as Rotating
  for (const owner of keyOwners) {
    const pair = rotation.pairs[owner]
    if (pair) await context.cloud.deleteSecret(secretName(cluster, owner, pair.rotationId))
  }
  const now = context.cloud.now().toISOString()
  const message = `New keys: ${ownersOf(rotation).join(' and ')}. The old ones are refused, and deleted.`
  await lookAgain(
    context,
    cluster,
    {
      keys: { ...keys, rotatedAt: now },
      rotation: { id: rotation.id, phase: 'over', since: now, pairs: {} },
    },
    [{ type: 'Progress', message }],
    lookAgainSeconds(0),
  )
}

/** Since when it could have gone on: an update that was wished for goes first. */
export const rotationSince = ({ rotation, statusSince }: Cluster): string =>
  rotation?.writtenAt ?? (rotation && rotation.since > statusSince ? rotation.since : statusSince)

/** Both pairs stay, since nobody knows which of them the node trusts. */
export async function stopRotation(context: Context, cluster: Cluster, failure: Failure): Promise<void> {
  const rotation = cluster.rotation as Rotation
  await lookAgain(
    context,
    cluster,
    { rotation: { ...rotation, failure } },
    [{ type: 'Failure', ...failure }],
    lookAgainSeconds(0),
  )
}

const notConfirmed = ({ phase }: Rotation, seconds: number): Failure =>
  failures[phase as keyof typeof failures](seconds)

const failures = {
  installing: (seconds: number) => ({
    reason: 'KeysNotInstalled',
    message: `The head node has not confirmed the new keys within ${seconds} seconds. The keys of before are the cluster's; both pairs are kept. Ask again to go on.`,
  }),
  retiring: (seconds: number) => ({
    reason: 'KeysNotRetired',
    message: `The head node has not confirmed within ${seconds} seconds that it refuses the old keys. The new keys are the cluster's; both pairs are kept. Ask again to go on.`,
  }),
}
