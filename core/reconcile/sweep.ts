// Wakes every cluster whose look is overdue: its message was lost, or its last pass failed. Then those whose turn it is.
import type { Context } from '../context.ts'
import { wakeNext } from '../queue/wake-next.ts'

// A message that is only late is left to arrive.
const lateSeconds = 30
// More than that in one minute would only fill the queue; the next sweep goes on.
const atMost = 500
const atOnce = 20

export async function sweep(context: Context): Promise<number> {
  const { cloud } = context
  const by = new Date(cloud.now().getTime() - lateSeconds * 1000)
  const due = await cloud.listDue(by, atMost)
  for (let from = 0; from < due.length; from += atOnce)
    await Promise.all(due.slice(from, from + atOnce).map((message) => cloud.wake(message, 0)))
  return due.length + (await wakeNext(context))
}
