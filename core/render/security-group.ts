// The cluster's own security group: it takes the place of ParallelCluster's, which lets everything out.
import type { Site } from '../site.ts'

const everything = { IpProtocol: '-1' }
const tcp = (port: number) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port })

/** The group with the rules that name no group. Nothing in it is open to the world. */
export function securityGroup({ network }: Site, name: string, subnetCidr: string): object {
  const { vpcId, sshFrom, serviceRanges = [], prefixLists = [] } = network
  return {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      GroupDescription: `Nodes of ${name}`,
      VpcId: vpcId,
      SecurityGroupIngress: [
        ...sshFrom.map((range) => ({ ...tcp(22), CidrIp: range, Description: 'SSH' })),
        { ...everything, CidrIp: subnetCidr, Description: 'The cluster itself' },
      ],
      SecurityGroupEgress: [
        { ...everything, CidrIp: subnetCidr, Description: 'The cluster itself' },
        ...serviceRanges.flatMap((range) => [
          { ...tcp(443), CidrIp: range, Description: 'Interface endpoints' },
          { ...tcp(2049), CidrIp: range, Description: 'EFS' },
        ]),
        ...prefixLists.map((list) => ({
          ...tcp(443),
          DestinationPrefixListId: list,
          Description: 'Gateway endpoints',
        })),
      ],
    },
  }
}

/**
 * EFA wants a group that allows everything to and from itself by name; ParallelCluster refuses others. Inside
 * the group's own resource such a rule would be circular.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html#efa-start-security
 */
export const selfRules = (group: string): Record<string, object> => {
  const Group = { 'Fn::GetAtt': [group, 'GroupId'] }
  return {
    [`${group}FromSelf`]: {
      Type: 'AWS::EC2::SecurityGroupIngress',
      Properties: { GroupId: Group, ...everything, SourceSecurityGroupId: Group },
    },
    [`${group}ToSelf`]: {
      Type: 'AWS::EC2::SecurityGroupEgress',
      Properties: { GroupId: Group, ...everything, DestinationSecurityGroupId: Group },
    },
  }
}
