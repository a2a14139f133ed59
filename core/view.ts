// A stored cluster as its owner sees it.

import type { ClusterView } from './answers.ts'
import type { Cluster, Status } from './cluster.ts'
import type { Site } from './site.ts'
import { slotCidr } from './slots.ts'

/** The user that the caller's jobs run as. */
export const sshUser = 'sim'

/** The status on the wire: a cluster that shall go is being deleted from the moment of the wish. */
export const statusOf = ({ wanted, status }: Cluster): Status =>
  wanted === 'absent' && status !== 'DELETE_FAILED' ? 'DELETE_IN_PROGRESS' : status

export function view(cluster: Cluster, site: Site): ClusterView {
  const { headNode, keys, slot } = cluster
  return {
    name: cluster.name,
    virtualLab: cluster.virtualLab,
    project: cluster.project,
    ...cluster.spec,
    resources: cluster.spec.resources ?? null,
    shape: cluster.spec.shape ?? null,
    wanted: cluster.wanted,
    status: statusOf(cluster),
    reason: cluster.failure?.reason ?? null,
    message: cluster.failure?.message ?? null,
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
    headNode: headNode
      ? {
          instanceId: headNode.instanceId ?? null,
          instanceType: headNode.instanceType ?? null,
          privateIpAddress: headNode.privateIpAddress,
          state: headNode.state ?? null,
          launchTime: headNode.launchTime ?? null,
        }
      : null,
    times: {
      requested: cluster.requestedAt,
      statusSince: cluster.statusSince,
      ready: cluster.readyAt ?? null,
    },
  }
}
