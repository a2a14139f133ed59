// What a deletion of a cluster's stack could not delete, as CloudFormation tells it.
import type { Leftover } from '../../core/cluster.ts'

const types: Record<string, string> = {
  Cluster: 'Custom::PclusterCluster',
  Subnet: 'AWS::EC2::Subnet',
  SubnetRouteTable: 'AWS::EC2::SubnetRouteTableAssociation',
  SecurityGroup: 'AWS::EC2::SecurityGroup',
  SecurityGroupFromSelf: 'AWS::EC2::SecurityGroupIngress',
  SecurityGroupToSelf: 'AWS::EC2::SecurityGroupEgress',
  AccessPoint: 'AWS::EFS::AccessPoint',
  JobLogGroup: 'AWS::Logs::LogGroup',
  NameClaim: 'AWS::Logs::LogGroup',
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
