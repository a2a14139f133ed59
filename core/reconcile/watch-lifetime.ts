// A cluster's lifetime and its patience with idleness: warned of before they are over, and ended then.
import { awaitsUpdate } from '../built.ts'
import type { NewEvent } from '../cloud.ts'
import type { Cluster } from '../cluster.ts'
import type { Context } from '../context.ts'
import { isFresh, silenceSeconds } from '../lifetime/activity.ts'
import { endOf, expiryOf, nextIdleLook, stands, verdictOn, warnSeconds } from '../lifetime/due.ts'
import type { Life, Warned, Watch } from '../lifetime/life.ts'
import { movesData } from './data-steps.ts'
import { importIsDue, lookAgainSeconds } from './decide.ts'
import { lookAgain, record } from './record.ts'

type Term = NonNullable<Life['lifetime']>
type Idle = NonNullable<Watch['idle']>
/** What a look at one of the two led to: what is known from then on, what is told, and whether it is over. */
type Seen<T> = { after: T | undefined; events: NewEvent[]; end?: NewEvent }

/** What a head node has not told yet it may tell soon; how often one is asked that is silent for long. */
const soonSeconds = 30
const laterSeconds = 600

export async function watchLifetime(context: Context, cluster: Cluster): Promise<void> {
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
  const more = importIsDue(cluster, { movesData: movesData(context.site, cluster) })
  return more || awaitsUpdate(cluster) || cluster.status === 'UPDATE_IN_PROGRESS'
    ? lookAgain(context, cluster, { watch }, events, lookAgainSeconds(0))
    : record(context, cluster, { watch }, events)
}

function seeLifetime(context: Context, cluster: Cluster): Seen<Warned> {
  const [term, warned, end] = [cluster.life?.lifetime, cluster.watch?.lifetime, expiryOf(cluster)]
  if (!term || end === undefined) return { after: undefined, events: warned ? [stays(extended)] : [] }
  const { after, events, isOver } = judge(context, term, end, warned, {
    reason: 'LifetimeEnds',
    message: `The cluster is going to be deleted, with whatever runs on it: its lifetime of ${term.length} ends. PATCH lifetime to keep it.`,
    otherwise: extended,
  })
  if (!isOver) return { after, events }
  const message = `Its lifetime of ${term.length} is over: the deletion begins.`
  return { after, events, end: { type: 'Wish', reason: 'LifetimeEnded', message } }
}

async function seeIdle(context: Context, cluster: Cluster): Promise<Seen<Idle>> {
  const { cloud, site } = context
  const [term, before] = [cluster.life?.idleTimeout, cluster.watch?.idle]
  if (!term) return { after: undefined, events: before?.warned ? [stays(extended)] : [] }
  const now = cloud.now().getTime()
  if (now < nextIdleLook(cluster, site.lifetimes)) return { after: before, events: [] }
  const checkedAt = iso(now)
  const told = await cloud.getActivity(cluster)
  const withdrawn = (otherwise: string) => (before?.warned ? [stays(otherwise)] : [])

  // Nothing is concluded from silence: who cannot tell has perhaps a thousand jobs.
  if (!told || !isFresh(told, now)) {
    const silentSince = Math.max(...[told?.time, cluster.readyAt].flatMap((at) => (at ? Date.parse(at) : [])))
    const silent = now - silentSince > silenceSeconds * 1000
    const nextAt = iso(now + (silent ? laterSeconds : soonSeconds) * 1000)
    return {
      after: { checkedAt, nextAt, ...(silent || before?.silent ? { silent: true } : {}) },
      events: [...withdrawn(notKnown), ...(silent && !before?.silent ? [silence] : [])],
    }
  }
  if (told.running + told.pending > 0 || !told.idleSince) {
    const end = endOf(term, [checkedAt])
    const nextAt = iso(end - warnSeconds(term, site.lifetimes) * 1000)
    return { after: { checkedAt, nextAt }, events: withdrawn(hasJobs) }
  }
  const end = endOf(term, [told.idleSince, cluster.readyAt])
  const isChanged = term.since !== undefined && before !== undefined && term.since > before.checkedAt
  const { after, events, isOver, nextAt } = judge(context, term, end, before?.warned, {
    reason: 'Idle',
    message: `The cluster is going to be deleted: it has had no job for nearly ${term.length}. Submit one, or PATCH idleTimeout, to keep it.`,
    otherwise: isChanged ? extended : hasJobs,
  })
  const message = `There was no job for ${term.length}: the deletion begins.`
  return {
    after: { checkedAt, nextAt: iso(nextAt), since: told.idleSince, ...(after ? { warned: after } : {}) },
    events,
    ...(isOver ? { end: { type: 'Wish', reason: 'Idle', message } } : {}),
  }
}

type Words = { reason: 'LifetimeEnds' | 'Idle'; message: string; otherwise: string }

/** What is due of an end that comes nearer, or has gone farther away. */
function judge(
  { cloud, site }: Context,
  term: Term,
  end: number,
  warned: Warned | undefined,
  { reason, message, otherwise }: Words,
): { after: Warned | undefined; events: NewEvent[]; isOver: boolean; nextAt: number } {
  const now = cloud.now().getTime()
  const verdict = verdictOn(end, warned, { now, warnSeconds: warnSeconds(term, site.lifetimes) })
  const still = warned && stands(warned, end) ? warned : undefined
  if (verdict.do === 'end') return { after: still, events: [], isOver: true, nextAt: now }
  if (verdict.do === 'wait')
    return {
      after: still,
      events: warned && !still ? [stays(otherwise)] : [],
      isOver: false,
      nextAt: verdict.until,
    }
  const endsAt = iso(verdict.endsAt)
  return {
    after: { of: iso(end), endsAt },
    events: [{ type: 'Warning', reason, message, endsAt }],
    isOver: false,
    nextAt: verdict.endsAt,
  }
}

const extended = 'its time was changed'
const hasJobs = 'it has had jobs'
const notKnown = 'it is not known whether it has jobs'
const stays = (why: string): NewEvent => ({ type: 'Progress', message: `The cluster stays: ${why}.` })
const silence: NewEvent = {
  type: 'Warning',
  reason: 'ActivityUnknown',
  message:
    'The head node has not told for a while whether there are jobs. The cluster stays for as long as that is not known, and its idleTimeout does not count.',
}

const iso = (millis: number): string => new Date(millis).toISOString()
