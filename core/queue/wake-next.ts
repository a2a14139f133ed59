// Wakes those whose turn it is: after an operation has ended, and every minute, which also makes up for what was lost.
import type { Context } from '../context.ts'
import { isInFlight } from './entry.ts'
import { room } from './limits.ts'
import { inOrder } from './order.ts'

/** How many were woken; spread over a minute, as they may begin. */
export async function wakeNext({ cloud, site }: Context): Promise<number> {
  const { limits } = site
  const queue = await cloud.getQueue()
  const next = inOrder(queue.entries).slice(0, room(queue, limits, cloud.now()))
  const wakes = next.map(({ name, deploymentId }, at) =>
    cloud.wake({ name, deploymentId }, Math.floor((at * 60) / limits.startsPerMinute)),
  )
  await Promise.all(wakes)
  return next.length
}

/** The context, and whether a write through it has ended an operation that was in flight. */
export function watchingEnds(context: Context): { context: Context; hasEnded: () => boolean } {
  const { cloud } = context
  let ended = false
  const commit: typeof cloud.commit = async (change) => {
    await cloud.commit(change)
    ended ||= isInFlight(change.before) && !isInFlight(change.after)
  }
  return { context: { ...context, cloud: { ...cloud, commit } }, hasEnded: () => ended }
}
