// Looks for what deployments left behind, and deletes it where that is asked for.
import type { Cloud } from '../cloud.ts'
import type { Context } from '../context.ts'
import { hasHistory } from '../history.ts'
import type { Deployment } from '../names.ts'
import { siteTag } from '../names.ts'
import { deploymentOf, orphansAmong, type Records, waitsFor } from './find.ts'
import type { Found } from './owner.ts'
import type { Orphan, OrphanKind, OrphanReport } from './report.ts'

/** What the account holds by our tags, and how each kind of it is deleted. What is gone already counts as deleted. */
export type Leftovers = {
  /** The kinds that there can be at this site. */
  kinds: readonly OrphanKind[]
  find(kind: OrphanKind): Promise<Found[]>
  /** `deleting` where AWS takes its time. May throw; then the thing is as it was. */
  remove(orphan: Orphan): Promise<'deleted' | 'deleting'>
}

export type How = {
  olderThanHours: number
  /**
   * `asked`: somebody did, who has seen the report. `unasked`: what may hold data is kept. `slots`: numbers are given back
   * whose subnet is gone, and nothing is deleted.
   */
  remove?: Removing
}
type Removing = 'asked' | 'unasked' | 'slots'
export type Sweeper = Pick<Context, 'site'> & { cloud: Cloud; leftovers: Leftovers }

/** A call has half a minute; the next one goes on. */
const atMost = 100

export async function sweepOrphans(sweeper: Sweeper, { remove, ...how }: How): Promise<OrphanReport> {
  const { cloud, site, leftovers } = sweeper
  const now = cloud.now()
  // A deployment that is longer in the making than was asked for is no orphan in the meantime.
  const olderThanHours = Math.max(how.olderThanHours, Math.ceil(site.limitSeconds.creating / 3600))
  // Before and after: neither what begins meanwhile nor what ends meanwhile is taken for an orphan.
  const before = await recordsOf(cloud)
  const { found, unseen } = await look(leftovers)
  const records = joined(before, await recordsOf(cloud))
  const ours = await keepOurs(sweeper, found, orphansAmong(found, records, { now, olderThanHours }))
  // Without all kinds nobody knows what still holds what.
  const orphans = remove && unseen.length === 0 ? await removeAll(sweeper, ours, remove) : ours
  return { site: site.name, at: now.toISOString(), olderThanHours, orphans, unseen }
}

async function look({ kinds, find }: Leftovers): Promise<Pick<OrphanReport, 'unseen'> & { found: Found[] }> {
  const looks = await Promise.allSettled(kinds.map((kind) => find(kind)))
  return {
    found: looks.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])),
    unseen: looks.flatMap((one, i) =>
      one.status === 'rejected' ? [{ kind: kinds[i] as OrphanKind, message: messageOf(one.reason) }] : [],
    ),
  }
}

async function recordsOf(cloud: Cloud): Promise<Records> {
  const records = new Map<string, Set<string>>()
  let cursor: string | undefined
  do {
    const page = await cloud.listClusters({ limit: 100, cursor })
    for (const { name, deploymentId } of page.items) records.set(name, new Set([deploymentId]))
    cursor = page.cursor
  } while (cursor)
  return records
}

const joined = (before: Records, after: Records): Records =>
  new Map(
    [...before.keys(), ...after.keys()].map((name) => [
      name,
      new Set([...(before.get(name) ?? []), ...(after.get(name) ?? [])]),
    ]),
  )

/**
 * Another environment of the same account gives the same names and tags. Ours is what carries our site's name, and what is of a
 * deployment that our history tells of: whatever a stack made has one, since the first record is written with an event.
 */
async function keepOurs({ cloud, site }: Sweeper, found: Found[], orphans: Orphan[]): Promise<Orphan[]> {
  const siteOf = new Map(
    found.map(({ kind, id, tags, row }) => [`${kind} ${id}`, row ? site.name : tags[siteTag]]),
  )
  const known = new Map<string, Promise<boolean>>()
  const isKnown = (of: Deployment) => {
    const answer = known.get(of.deploymentId) ?? hasHistory(cloud, of)
    known.set(of.deploymentId, answer)
    return answer
  }
  const ours: Orphan[] = []
  for (const orphan of orphans) {
    const tagged = siteOf.get(`${orphan.kind} ${orphan.id}`)
    if (tagged === site.name || (!tagged && (await isKnown(deploymentOf(orphan))))) ours.push(orphan)
  }
  return ours
}

async function removeAll(sweeper: Sweeper, orphans: Orphan[], by: Removing): Promise<Orphan[]> {
  const done: Orphan[] = []
  let removals = 0
  for (const orphan of orphans) {
    const waits = waitsFor(orphan, orphans)
    if (by === 'slots' && (waits || orphan.kind !== 'slot')) done.push(orphan)
    else if (waits) done.push({ ...orphan, outcome: 'waits', detail: waits })
    else if (removals++ >= atMost)
      done.push({ ...orphan, outcome: 'waits', detail: `Waits for the next call, after ${atMost} others.` })
    else done.push({ ...orphan, ...(await removeOne(sweeper, orphan, by)) })
  }
  return done
}

async function removeOne(
  { cloud, site, leftovers }: Sweeper,
  orphan: Orphan,
  by: Removing,
): Promise<Pick<Orphan, 'outcome' | 'detail'>> {
  if (orphan.kind === 'parallelClusterStack')
    return {
      outcome: 'byHand',
      // Built by the provider's role, which alone may take apart what is in it.
      detail: `Run: pcluster delete-cluster --cluster-name ${orphan.cluster} --region ${site.region}`,
    }
  if (orphan.kind === 'fileSystem' && by === 'unasked')
    return { outcome: 'kept', detail: 'It may hold data that were never exported. Delete it by request.' }
  try {
    const record = await cloud.getCluster(orphan.cluster)
    if (record?.deploymentId === orphan.deployment)
      return { outcome: 'kept', detail: 'Its deployment has a record now.' }
    return { outcome: await leftovers.remove(orphan) }
  } catch (error) {
    return { outcome: 'failed', detail: messageOf(error) }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
