// What a pass found out, written with a condition on what it saw, and the next look that follows.
import type { NewEvent } from '../cloud.ts'
import type { Cluster, ClusterEvent } from '../cluster.ts'
import type { Context } from '../context.ts'
import { nextOfLife } from '../lifetime/due.ts'
import { lookAgainSeconds } from './decide.ts'

/** A settled cluster is looked at this often, in case its stack was touched by someone else. */
export const auditSeconds = 3600
/** A look that is nearer is asked for. SQS delays no message for longer: one that is farther away the sweep brings about. */
const nearSeconds = 900
/** How late the sweep can be: a look that it brings about is due so much sooner, and then asks for one in time. */
const sweepSeconds = 120

// Clocks differ a little, and SQS counts whole seconds. Less than the least wait between two looks, so that a message
// which comes twice is early the second time and does not start a second chain of looks.
const earlySeconds = 1

/** With these an operation has ended, and another one may begin; of a failure queue/end-turn.ts says when. */
const endings: ClusterEvent['status'][] = ['CREATE_COMPLETE', 'UPDATE_COMPLETE']

export type Facts = { [K in keyof Cluster]?: Cluster[K] | undefined }

/** A look that is due later than any look is asked for was written by a clock that was wrong, and is due now. */
export function isEarly({ dueAt }: Cluster, now: Date): boolean {
  if (dueAt === undefined) return true
  const seconds = (Date.parse(dueAt) - now.getTime()) / 1000
  return seconds > earlySeconds && seconds <= auditSeconds + earlySeconds
}

/** Records new facts of a cluster that stays as it is from now on, but for audits and what is due of its lifetime. */
export async function record(
  context: Context,
  cluster: Cluster,
  facts: Facts,
  events: NewEvent[],
): Promise<void> {
  const seconds = settledSeconds(context, withFacts(context, cluster, facts, events, auditSeconds))
  // A message now means no wait for the sweep.
  if (seconds <= nearSeconds) return lookAgain(context, cluster, facts, events, seconds)
  await context.cloud.commit({
    before: cluster,
    after: withFacts(context, cluster, facts, events, seconds),
    events,
  })
}

function settledSeconds({ cloud, site }: Context, after: Cluster): number {
  const next = nextOfLife(after, site.lifetimes) ?? Number.POSITIVE_INFINITY
  const seconds = Math.max(2, Math.ceil((next - cloud.now().getTime()) / 1000))
  return Math.min(auditSeconds, seconds <= nearSeconds ? seconds : seconds - sweepSeconds)
}

/** Records new facts and asks for the next look. Only the pass whose write holds asks, so there is one chain of looks. */
export async function lookAgain(
  context: Context,
  cluster: Cluster,
  facts: Facts,
  events: NewEvent[] = [],
  seconds = lookAgainSeconds((context.cloud.now().getTime() - Date.parse(cluster.statusSince)) / 1000),
): Promise<void> {
  const after = withFacts(context, cluster, facts, events, seconds)
  await context.cloud.commit({ before: cluster, after, events })
  if (seconds <= nearSeconds)
    await context.cloud.wake({ name: cluster.name, deploymentId: cluster.deploymentId }, Math.round(seconds))
}

function withFacts(
  { cloud }: Context,
  cluster: Cluster,
  facts: Facts,
  events: NewEvent[],
  seconds: number,
): Cluster {
  const now = cloud.now()
  const status = events.findLast(
    (event) => event.type === 'Status' || event.status === 'DELETE_FAILED',
  )?.status
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
  const { operation, ...rest } = cluster
  return {
    ...rest,
    ...(operation && !(status && endings.includes(status)) ? { operation } : {}),
    ...known,
    ...(status && status !== 'DELETE_COMPLETE' ? { status, statusSince: now.toISOString() } : {}),
    dueAt: new Date(now.getTime() + seconds * 1000).toISOString(),
  }
}

export const secondsSince = ({ cloud }: Context, time: string): number =>
  Math.round((cloud.now().getTime() - Date.parse(time)) / 1000)
