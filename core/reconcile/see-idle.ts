// A cluster's patience with idleness. Its head node says whether there are jobs, and nothing ends but by its word of now.
import type { NewEvent } from '../cloud.ts'
import type { Cluster } from '../cluster.ts'
import type { Context } from '../context.ts'
import type { Activity } from '../lifetime/activity.ts'
import { endOf, nextIdleLook, warnSeconds } from '../lifetime/due.ts'
import { secondsOf } from '../lifetime/duration.ts'
import { freshSeconds, hear, type Word } from '../lifetime/hearing.ts'
import type { Watch } from '../lifetime/life.ts'
import { extended, iso, judge, type Seen, stays, type Term } from './judge-end.ts'

type Idle = NonNullable<Watch['idle']>

/** What a head node has not told yet it may tell soon; how often one is asked that is silent for long. */
const soonSeconds = 30
const laterSeconds = 600

/** `failure`: its word could not be read. That is silence like any other, and told in its time. */
export async function seeIdle(
  context: Context,
  cluster: Cluster,
): Promise<Seen<Idle> & { failure?: unknown }> {
  const { cloud, site } = context
  const [term, before] = [cluster.life?.idleTimeout, cluster.watch?.idle]
  if (!term) return { after: undefined, events: before?.warned ? [stays(extended)] : [] }
  const now = cloud.now().getTime()
  if (now < nextIdleLook(cluster, site.lifetimes)) return { after: before, events: [] }
  const { word, failure } = await wordOf(context, cluster)
  const { kept, isNew, isFresh, isSilent } = hear(word, before, now, cluster.readyAt)
  const at = { checkedAt: iso(now), nextAt: iso(now + soonSeconds * 1000), ...kept }
  const withdrawn = (otherwise: string) => (before?.warned ? [stays(otherwise)] : [])

  // Nothing is concluded from silence: who cannot tell has perhaps a thousand jobs.
  if (isSilent)
    return {
      after: { ...at, nextAt: iso(now + laterSeconds * 1000), silent: true },
      events: [...withdrawn(notKnown), ...(before?.silent ? [] : [silence])],
      failure,
    }
  const asBefore = { ...at, since: before?.since, warned: before?.warned }
  if (typeof word === 'string') return { after: asBefore, events: [], failure }
  // Whose newest line was not seen to change is looked at again before it would count as silent.
  const later = (due: number) => iso(isNew ? due : Math.min(due, now + laterSeconds * 1000))
  if (word.running + word.pending > 0 || !word.idleSince) {
    const due = endOf(term, [at.checkedAt]) - warnSeconds(term, site.lifetimes) * 1000
    return { after: { ...at, nextAt: later(due) }, events: withdrawn(hasJobs) }
  }
  const end = {
    of: endOf(term, [word.idleSince, cluster.readyAt]),
    at: now + secondsOf(term.length) * 1000 - idleMillis(word, term, now, [at.heardAt, cluster.readyAt]),
  }
  const isChanged = term.since !== undefined && before !== undefined && term.since > before.checkedAt
  const { after, events, does, nextAt } = judge(context, term, end, before?.warned, {
    reason: 'Idle',
    message: `The cluster is going to be deleted: it has had no job for nearly ${term.length}. Submit one, or PATCH idleTimeout, to keep it.`,
    otherwise: isChanged ? extended : hasJobs,
  })
  if (does !== 'wait' && !isFresh) return { after: { ...asBefore, since: word.idleSince }, events: [] }
  const message = `There was no job for ${term.length}: the deletion begins.`
  return {
    after: {
      ...at,
      nextAt: does === 'wait' ? later(nextAt) : iso(nextAt),
      since: word.idleSince,
      warned: after,
    },
    events,
    ...(does === 'end' ? { end: { type: 'Wish', reason: 'Idle', message } } : {}),
  }
}

async function wordOf({ cloud }: Context, cluster: Cluster): Promise<{ word: Word; failure?: unknown }> {
  try {
    return { word: (await cloud.getActivity(cluster)) ?? 'none' }
  } catch (failure) {
    return { word: 'unread', failure }
  }
}

/** How long there was no job when it was told, by the head node's clock alone; how long that is ago and counts, by ours. */
function idleMillis(
  { time, idleSince }: Activity,
  { since }: Term,
  now: number,
  [heardAt, readyAt]: (string | undefined)[],
): number {
  const passed = (from: string) => now - Date.parse(from)
  const counts = [since, readyAt].flatMap((from) => (from ? passed(from) : []))
  const ago = Math.max(0, Math.min(passed(heardAt ?? iso(now)), freshSeconds * 1000))
  return Math.min(Date.parse(time) - Date.parse(idleSince ?? time) + ago, ...counts)
}

const hasJobs = 'it has had jobs'
const notKnown = 'it is not known whether it has jobs'
const silence: NewEvent = {
  type: 'Warning',
  reason: 'ActivityUnknown',
  message:
    'For a while the head node has not told whether there are jobs, or what it tells could not be read. The cluster stays for as long as that is not known, and its idleTimeout does not count.',
}
