// Which of the things that were found are orphans. Pure: who finds them is aws/find-orphans.ts.
import type { Deployment } from '../names.ts'
import { begunAt, type Found, ownerOf } from './owner.ts'
import { type Orphan, type OrphanKind, orphanKinds } from './report.ts'

const hour = 3_600_000

/** What the records say: the deployment of each cluster. One that was read twice may have had two. */
export type Records = ReadonlyMap<string, ReadonlySet<string>>

/**
 * Orphans, in the order of their deletion. What a record's deployment has is never one, in whatever state it is. Age is that of
 * the deployment, not of the thing: a create mints keys and starts nothing else before its record is written, within the
 * seconds of one request, so a deployment that is hours old and has no record will not get one.
 */
export function orphansAmong(
  found: Found[],
  records: Records,
  { now, olderThanHours }: { now: Date; olderThanHours: number },
): Orphan[] {
  const orphans = found.flatMap((one): Orphan[] => {
    const of = ownerOf(one)
    if (!of) return []
    const known = records.get(of.name)
    const since = begunAt(of.deploymentId)
    if (known?.has(of.deploymentId) || now.getTime() - since.getTime() < olderThanHours * hour) return []
    return [
      {
        kind: one.kind,
        id: one.id,
        cluster: of.name,
        deployment: of.deploymentId,
        since: since.toISOString(),
        reason: known ? 'OtherDeployment' : 'NoCluster',
        outcome: 'found',
      },
    ]
  })
  return orphans.sort(
    (one, other) =>
      orphanKinds.indexOf(one.kind) - orphanKinds.indexOf(other.kind) || (one.id < other.id ? -1 : 1),
  )
}

export const deploymentOf = ({ cluster, deployment }: Orphan): Deployment => ({
  name: cluster,
  deploymentId: deployment,
})

/** What makes and ends others. */
const stacks: readonly OrphanKind[] = ['stack', 'parallelClusterStack']

/**
 * What has to be gone before it, as a sentence. A stack takes along what it made; a slot is the way to a subnet's addresses, so
 * it is given back after that.
 */
export function waitsFor(orphan: Orphan, all: Orphan[]): string | undefined {
  const first = orphan.kind === 'slot' ? [...stacks, 'subnet'] : stacks
  const others = all.filter(
    (one) => one !== orphan && one.deployment === orphan.deployment && first.includes(one.kind),
  )
  // A deployment's own stack ends ParallelCluster's.
  const next = orphan.kind === 'stack' ? undefined : others[0]
  return next && `Waits until the ${next.kind} ${next.id} is gone.`
}
