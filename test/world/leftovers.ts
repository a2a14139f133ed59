// What a deletion of a cluster's stack could not delete, as CloudFormation tells it.
import type { Leftover } from '../../core/cluster.ts'

const types: Record<string, string> = {
  Cluster: 'Custom::PclusterCluster',
  Subnet: 'AWS::EC2::Subnet',
  SecurityGroup: 'AWS::EC2::SecurityGroup',
}

export const leftover = (
  { stackId, cidr }: { stackId: string; cidr: string },
  logicalId: string,
  reason: string,
): Leftover & { cidr?: string } => ({
  logicalId,
  type: types[logicalId] ?? 'AWS::IAM::ManagedPolicy',
  physicalId: `${logicalId.toLowerCase()}-${stackId.split('/').at(-1)}`,
  reason,
  ...(logicalId === 'Subnet' ? { cidr } : {}),
})
