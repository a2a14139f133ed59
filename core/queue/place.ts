// Where a cluster is in the queue, for who looks at it.
import type { Cluster } from '../cluster.ts'
import type { Context } from '../context.ts'
import { isWaiting } from './entry.ts'
import { inOrder } from './order.ts'

export type PlaceInQueue = { position: number; ahead: number; waiting: number; since: string }

/** One read more, for a cluster that waits; undefined for any other, without a read. */
export async function placeInQueue(
  { cloud }: Pick<Context, 'cloud'>,
  cluster: Cluster,
): Promise<PlaceInQueue | undefined> {
  if (!isWaiting(cluster)) return undefined
  const order = inOrder((await cloud.getQueue()).entries)
  const ahead = order.findIndex(({ name }) => name === cluster.name)
  const since = cluster.operation?.since ?? cluster.requestedAt
  return ahead < 0 ? undefined : { position: ahead + 1, ahead, waiting: order.length, since }
}
