// What Fn::GetAtt gives: ParallelCluster's DescribeCluster, flattened with dots, and two attributes of our own.
import type { HeadNode } from '../slurm/outside.ts'

export const parallelClusterVersion = '3.16.1'

export type BuiltCluster = {
  name: string
  region: string
  ownStackId: string
  logGroupName: string
  createdAt: string
  updatedAt: string
  status: 'CREATE_COMPLETE' | 'UPDATE_COMPLETE'
  /** What it was built or updated with last, and the tags of its stack then. */
  configuration: Record<string, unknown>
  tags: Record<string, string>
  /** None on a site without hosts. */
  headNode?: HeadNode & { instanceId: string }
}

export const clusterAttributes = (cluster: BuiltCluster): Record<string, string> => ({
  clusterName: cluster.name,
  clusterStatus: cluster.status,
  cloudFormationStackStatus: cluster.status,
  cloudformationStackArn: cluster.ownStackId,
  creationTime: cluster.createdAt,
  lastUpdatedTime: cluster.updatedAt,
  region: cluster.region,
  version: parallelClusterVersion,
  computeFleetStatus: 'RUNNING',
  'headNode.instanceId': cluster.headNode?.instanceId ?? '',
  'headNode.instanceType': cluster.headNode?.instanceType ?? '',
  'headNode.launchTime': cluster.headNode ? cluster.createdAt : '',
  'headNode.state': cluster.headNode ? 'running' : '',
  'headNode.privateIpAddress': cluster.headNode?.address ?? '',
  // Ours only: where there is no root, SSH has another port than 22.
  'headNode.sshPort': String(cluster.headNode?.sshPort ?? 22),
  'headNode.slurmRestPort': String(cluster.headNode?.slurmRestPort ?? ''),
  validationMessages: '[]',
  logGroupName: cluster.logGroupName,
})
