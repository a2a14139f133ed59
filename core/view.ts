// A stored cluster as its owner sees it.

import type { ClusterView } from './answers.ts'
import { awaitsUpdate, builtOf } from './built.ts'
import type { Cluster, Status } from './cluster.ts'
import { lifeView } from './lifetime/life-view.ts'
import { jobLogGroupName } from './names.ts'
import type { PlaceInQueue } from './queue/place.ts'
import { keysView } from './rotation.ts'
import type { Site } from './site.ts'
import { slotCidr } from './slots.ts'

/** The user that the caller's jobs run as. */
export const sshUser = 'sim'

/** The status on the wire: a cluster that shall go, or be updated, is at it from the moment of the wish. */
export function statusOf(cluster: Cluster): Status {
  const { wanted, status, forced, removal } = cluster
  const isStuck = status === 'DELETE_FAILED' && !(forced && !removal?.forcedAt)
  if (wanted === 'absent' && !isStuck) return 'DELETE_IN_PROGRESS'
  return wanted === 'present' && awaitsUpdate(cluster) ? 'UPDATE_IN_PROGRESS' : status
}

/** `queue` is its place in the queue, where somebody looked it up. */
export function view(cluster: Cluster, site: Site, queue?: PlaceInQueue): ClusterView {
  const { headNode, keys, slot } = cluster
  const status = statusOf(cluster)
  const failure = cluster.failure ?? (status === 'UPDATE_FAILED' ? cluster.updateFailure : undefined)
  const { changes = null, ...shape } = builtOf(cluster)
  return {
    name: cluster.name,
    virtualLab: cluster.virtualLab,
    project: cluster.project,
    ...shape,
    resources: shape.resources ?? null,
    shape: shape.shape ?? null,
    changes,
    update: updateOf(cluster, status),
    wanted: cluster.wanted,
    status,
    queue: queue ?? null,
    reason: failure?.reason ?? null,
    message: failure?.message ?? null,
    problems: cluster.problems ?? [],
    leftovers: leftoversOf(cluster),
    deploymentId: cluster.deploymentId,
    subnet:
      slot === undefined
        ? null
        : { cidr: slotCidr(site.network, slot), id: cluster.subnetId ?? null, zone: cluster.zone ?? null },
    ssh: keys
      ? {
          user: sshUser,
          address: headNode?.privateIpAddress ?? null,
          port: headNode?.sshPort ?? 22,
          userKeySecretArn: keys.userSecretArn,
          adminKeySecretArn: keys.adminSecretArn,
        }
      : null,
    keys: keysView(cluster),
    slurmRest:
      headNode?.slurmRestPort === undefined
        ? null
        : { url: `http://${headNode.privateIpAddress}:${headNode.slurmRestPort}` },
    headNode: headNode
      ? {
          instanceId: headNode.instanceId ?? null,
          instanceType: headNode.instanceType ?? null,
          privateIpAddress: headNode.privateIpAddress,
          state: headNode.state ?? null,
          launchTime: headNode.launchTime ?? null,
        }
      : null,
    jobLogGroup: jobLogGroupName(cluster),
    ...lifeView(cluster),
    times: {
      requested: cluster.requestedAt,
      statusSince: cluster.statusSince,
      ready: cluster.readyAt ?? null,
    },
  }
}

const leftoversOf = ({ removal }: Cluster): ClusterView['leftovers'] => {
  const all = [...(removal?.retained ?? []), ...(removal?.held ?? [])]
  return [...new Map(all.map((one) => [`${one.type} ${one.physicalId}`, one])).values()]
}

const updateOf = (cluster: Cluster, status: Status): ClusterView['update'] =>
  status === 'UPDATE_IN_PROGRESS' || status === 'UPDATE_FAILED'
    ? { tier: cluster.spec.tier, changes: cluster.spec.changes ?? null }
    : null
