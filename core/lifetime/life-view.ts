// A cluster's end as its owner sees it.
import type { ClusterView } from '../answers.ts'
import type { Cluster } from '../cluster.ts'
import { wishOf } from './choose-life.ts'
import { expiryOf } from './due.ts'
import type { TermName } from './life.ts'

export function lifeView(
  cluster: Cluster,
): Pick<ClusterView, TermName | 'expiresAt' | 'idleSince' | 'expiring'> {
  const { life = {}, watch = {} } = cluster
  const expiry = expiryOf(cluster)
  const warned = [
    ...(watch.lifetime ? [{ reason: 'LifetimeEnds' as const, endsAt: watch.lifetime.endsAt }] : []),
    ...(watch.idle?.warned ? [{ reason: 'Idle' as const, endsAt: watch.idle.warned.endsAt }] : []),
  ].sort((a, b) => (a.endsAt < b.endsAt ? -1 : 1))
  return {
    ...wishOf(life),
    expiresAt: expiry === undefined ? null : new Date(expiry).toISOString(),
    idleSince: watch.idle?.since ?? null,
    expiring: warned[0] ?? null,
  }
}
