// A cluster in words: as a row of a list, and with all that is known of it.
import type { ClusterView } from '../core/answers.ts'
import { age, ahead, type Cell, facts, table } from './output.ts'

export const clusterTable = (clusters: readonly ClusterView[], now: Date): string =>
  table(
    ['NAME', 'PROJECT', 'TIER', 'STATUS', 'SINCE', 'ENDS'],
    clusters.map(({ name, virtualLab, project, tier, status, times, ...cluster }): Cell[] => [
      name,
      `${virtualLab}/${project}`,
      tier,
      status,
      age(times.statusSince, now),
      endOf(cluster, now),
    ]),
  )

export function clusterFacts(cluster: ClusterView, now: Date): string {
  const { shape, subnet, ssh, headNode, times } = cluster
  return facts({
    Name: cluster.name,
    'Virtual lab': cluster.virtualLab,
    Project: cluster.project,
    Tier: cluster.tier,
    Shape: shape && `${shape.nodes} x ${shape.instanceType}`,
    Why: shape?.why,
    Changes: changesOf(cluster.changes),
    Update: cluster.update && listed(cluster.update.tier, changesOf(cluster.update.changes) ?? null),
    Lustre: yesOrNo(cluster.lustre),
    Benchmark: yesOrNo(cluster.benchmark),
    Wanted: cluster.wanted,
    Status: `${cluster.status}, since ${age(times.statusSince, now)}`,
    Queue: cluster.queue && `${cluster.queue.ahead} before it, ${cluster.queue.waiting} waiting`,
    Failure: failureOf(cluster),
    Lifetime: listed(cluster.lifetime, cluster.expiresAt && `until ${cluster.expiresAt}`),
    'Idle timeout': listed(cluster.idleTimeout, cluster.idleSince && `idle since ${cluster.idleSince}`),
    Ends: endOf(cluster, now),
    Problems: cluster.problems.map(failureOf).join('; '),
    Leftovers: cluster.leftovers.map(({ type, physicalId }) => `${type} ${physicalId}`).join(', '),
    Deployment: cluster.deploymentId,
    Subnet: subnet && listed(subnet.cidr, subnet.id, subnet.zone),
    'Head node':
      headNode &&
      listed(headNode.privateIpAddress, headNode.instanceType, headNode.instanceId, headNode.state),
    SSH: ssh?.address ? `${ssh.user}@${ssh.address} port ${ssh.port}` : undefined,
    'Slurm REST API': cluster.slurmRest?.url,
    'User key': ssh?.userKeySecretArn,
    'Admin key': ssh?.adminKeySecretArn,
    'Job log': cluster.jobLogGroup,
    Requested: times.requested,
    Ready: times.ready,
  })
}

/** Why it failed, for a sentence: `reason: message`, or what there is of the two. */
export const failureOf = ({ reason, message }: Pick<ClusterView, 'reason' | 'message'>): string =>
  [reason, message].filter((part) => part).join(': ')

/** The end that is known: that of which its owner was warned, or of its lifetime. */
function endOf({ expiring, expiresAt }: Pick<ClusterView, 'expiring' | 'expiresAt'>, now: Date): Cell {
  if (expiring) return `${ahead(expiring.endsAt, now)} (${expiring.reason})`
  return expiresAt && ahead(expiresAt, now)
}

const changesOf = (changes: ClusterView['changes']): string | undefined =>
  changes
    ? [
        ...Object.entries(changes.maxCounts ?? {}).map(([name, nodes]) => `${nodes} x ${name}`),
        ...(changes.maxNodes === undefined ? [] : [`${changes.maxNodes} nodes per job`]),
        ...(changes.maxTime === undefined ? [] : [`${changes.maxTime} per job`]),
      ].join(', ')
    : undefined

const yesOrNo = (flag: boolean): string => (flag ? 'yes' : 'no')
const listed = (...parts: (string | null)[]): string => parts.filter((part) => part).join(', ')
