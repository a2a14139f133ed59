// The cluster's own security groups: they take the place of ParallelCluster's, which let everything out.
import type { Site } from '../site.ts'

const everything = { IpProtocol: '-1' }
const tcp = (port: number) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port })

/**
 * The group of all nodes, with the rules that name no group: the cluster itself, and the services. Nothing in it is open
 * to the world. Lustre's file system is in the cluster's subnet, with a group of ParallelCluster's that lets this one in.
 */
export function securityGroup({ network, accounting }: Site, name: string, subnetCidr: string): object {
  const { vpcId, serviceRanges = [], prefixLists = [] } = network
  return {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      GroupDescription: `Nodes of ${name}`,
      VpcId: vpcId,
      SecurityGroupIngress: [{ ...everything, CidrIp: subnetCidr, Description: 'The cluster itself' }],
      SecurityGroupEgress: [
        { ...everything, CidrIp: subnetCidr, Description: 'The cluster itself' },
        ...serviceRanges.flatMap((range) => [
          { ...tcp(443), CidrIp: range, Description: 'Interface endpoints' },
          { ...tcp(2049), CidrIp: range, Description: 'EFS' },
          ...(accounting
            ? [{ ...tcp(portOf(accounting.uri)), CidrIp: range, Description: 'Accounting' }]
            : []),
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

const portOf = (uri: string) => Number(uri.split(':')[1])

/** What the head node alone has beside it: the two ways in. Compute nodes are reached from their own cluster only. */
export function headSecurityGroup({ network, slurmRest }: Site, name: string): object {
  const ports = { SSH: 22, ...(slurmRest ? { 'Slurm REST API': slurmRest.port } : {}) }
  return {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      GroupDescription: `Head node of ${name}`,
      VpcId: network.vpcId,
      SecurityGroupIngress: Object.entries(ports).flatMap(([Description, port]) =>
        network.sshFrom.map((range) => ({ ...tcp(port), CidrIp: range, Description })),
      ),
      // A group without a rule lets everything out; this one lets nothing.
      SecurityGroupEgress: [{ ...everything, CidrIp: '127.0.0.1/32', Description: 'Nothing' }],
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
