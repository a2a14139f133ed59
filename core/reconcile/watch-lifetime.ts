// A cluster's lifetime and its patience with idleness: warned of before they are over, and ended then.
import { awaitsUpdate } from '../built.ts'
import type { Cluster } from '../cluster.ts'
import type { Context } from '../context.ts'
import { expiryOf } from '../lifetime/due.ts'
import type { Warned, Watch } from '../lifetime/life.ts'
import { rotationIsDue } from '../rotation.ts'
import { movesData } from './data-steps.ts'
import { importIsDue, lookAgainSeconds } from './decide.ts'
import { extended, judge, type Seen, stays } from './judge-end.ts'
import { lookAgain, record } from './record.ts'
import { seeIdle } from './see-idle.ts'

/** Answers why the head node's word could not be read, which is on record then and holds up nothing else. */
export async function watchLifetime(context: Context, cluster: Cluster): Promise<unknown> {
  const lifetime = seeLifetime(context, cluster)
  const idle = lifetime.end ? undefined : await seeIdle(context, cluster)
  const end = lifetime.end ?? idle?.end
  // The caller's wish of then, written like a wish of now: a PATCH that came in between has changed the version.
  if (end) return lookAgain(context, cluster, { wanted: 'absent' }, [end], lookAgainSeconds(0))
  const watch: Watch = {
    ...(lifetime.after ? { lifetime: lifetime.after } : {}),
    ...(idle?.after ? { idle: idle.after } : {}),
  }
  const events = [...lifetime.events, ...(idle?.events ?? [])]
  await (hasMore(context, cluster)
    ? lookAgain(context, cluster, { watch }, events, lookAgainSeconds(0))
    : record(context, cluster, { watch }, events))
  return idle?.failure
}

/** Whether something else is under way that looks often. */
const hasMore = ({ site }: Context, cluster: Cluster): boolean =>
  cluster.status === 'UPDATE_IN_PROGRESS' ||
  awaitsUpdate(cluster) ||
  rotationIsDue(cluster) ||
  importIsDue(cluster, { movesData: movesData(site, cluster) })

function seeLifetime(context: Context, cluster: Cluster): Seen<Warned> {
  const [term, warned, end] = [cluster.life?.lifetime, cluster.watch?.lifetime, expiryOf(cluster)]
  if (!term || end === undefined) return { after: undefined, events: warned ? [stays(extended)] : [] }
  const { after, events, does } = judge(context, term, { of: end, at: end }, warned, {
    reason: 'LifetimeEnds',
    message: `The cluster is going to be deleted, with whatever runs on it: its lifetime of ${term.length} ends. PATCH lifetime to keep it.`,
    otherwise: extended,
  })
  if (does !== 'end') return { after, events }
  const message = `Its lifetime of ${term.length} is over: the deletion begins.`
  return { after, events, end: { type: 'Wish', reason: 'LifetimeEnded', message } }
}
