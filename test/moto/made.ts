// What is there once moto has made it, asked back through the services' own APIs.
import {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  EC2Client,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSubnets,
  type Route,
} from '@aws-sdk/client-ec2'
import {
  DescribeAccessPointsCommand,
  DescribeFileSystemsCommand,
  DescribeMountTargetSecurityGroupsCommand,
  DescribeMountTargetsCommand,
  EFSClient,
} from '@aws-sdk/client-efs'
import type { Moto } from './moto.ts'

export async function vpcOf({ config }: Moto, cidr: string) {
  const ec2 = new EC2Client(config)
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}))
  const [vpc, ...others] = Vpcs.filter(({ CidrBlock }) => CidrBlock === cidr)
  if (!vpc?.VpcId || others.length > 0) throw new Error(`There is not just one VPC ${cidr}.`)
  const ofVpc = [{ Name: 'vpc-id', Values: [vpc.VpcId] }]
  const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters: ofVpc }))
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters: ofVpc }))
  const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({ Filters: ofVpc }))
  const { VpcPeeringConnections = [] } = await ec2.send(new DescribeVpcPeeringConnectionsCommand({}))
  const subnets = []
  for await (const page of paginateDescribeSubnets({ client: ec2 }, { Filters: ofVpc }))
    subnets.push(...(page.Subnets ?? []))
  const own = SecurityGroups.filter(({ GroupName }) => GroupName !== 'default')
  const rules = []
  for (const { GroupId = '' } of own)
    for await (const page of paginateDescribeSecurityGroupRules(
      { client: ec2 },
      { Filters: [{ Name: 'group-id', Values: [GroupId] }] },
    ))
      rules.push(...(page.SecurityGroupRules ?? []))
  return {
    id: vpc.VpcId,
    routeTables: RouteTables,
    groups: own,
    rules,
    endpoints: VpcEndpoints,
    subnets,
    peerings: VpcPeeringConnections.filter(({ RequesterVpcInfo }) => RequesterVpcInfo?.VpcId === vpc.VpcId),
  }
}

/** Where a route leads. */
export function wayOf(route: Route): string {
  const {
    GatewayId = '',
    VpcPeeringConnectionId,
    NatGatewayId,
    TransitGatewayId,
    InstanceId,
    NetworkInterfaceId,
  } = route
  if (GatewayId === 'local') return 'the VPC itself'
  if (GatewayId.startsWith('vpce-')) return 'a gateway endpoint'
  if (VpcPeeringConnectionId) return 'the peering'
  return `elsewhere: ${GatewayId || NatGatewayId || TransitGatewayId || InstanceId || NetworkInterfaceId}`
}

export async function homesOf({ config }: Moto) {
  const efs = new EFSClient(config)
  const { FileSystems = [] } = await efs.send(new DescribeFileSystemsCommand({}))
  const [homes, ...others] = FileSystems
  if (!homes?.FileSystemId || others.length > 0) throw new Error('There is not just one file system.')
  const of = { FileSystemId: homes.FileSystemId }
  const { MountTargets = [] } = await efs.send(new DescribeMountTargetsCommand(of))
  const { AccessPoints = [] } = await efs.send(new DescribeAccessPointsCommand(of))
  const groups = await Promise.all(
    MountTargets.map(async ({ MountTargetId }) => {
      const answer = await efs.send(new DescribeMountTargetSecurityGroupsCommand({ MountTargetId }))
      return answer.SecurityGroups ?? []
    }),
  )
  return { homes, mountTargets: MountTargets, accessPoints: AccessPoints, groups }
}
