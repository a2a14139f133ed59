// The way between the private VPC and the Main VPC, where people and the Workflow Service are: routes to its ranges and
// no further. Who comes through is said by the security groups.
import { CfnOutput } from 'aws-cdk-lib'
import { CfnRoute, CfnVPCPeeringConnection } from 'aws-cdk-lib/aws-ec2'
import { Construct } from 'constructs'
import type { Peering } from './environment-network.ts'

type Props = { vpcId: string; vpcCidr: string; routeTableIds: string[]; peer: Peering }

export class MainVpc extends Construct {
  constructor(scope: Construct, id: string, { vpcId, vpcCidr, routeTableIds, peer }: Props) {
    super(scope, id)
    // CloudFormation accepts in the name of the other side: of itself in the same account, by the role in another.
    const connection = new CfnVPCPeeringConnection(this, 'Connection', {
      vpcId,
      peerVpcId: peer.vpcId,
      ...(peer.account ? { peerOwnerId: peer.account } : {}),
      ...(peer.region ? { peerRegion: peer.region } : {}),
      ...(peer.acceptRoleArn ? { peerRoleArn: peer.acceptRoleArn } : {}),
    })

    const route = (routeTableId: string, range: string, name: string) =>
      new CfnRoute(this, name, {
        routeTableId,
        destinationCidrBlock: range,
        vpcPeeringConnectionId: connection.ref,
      })
    for (const [table, routeTableId] of routeTableIds.entries())
      for (const range of peer.ranges) route(routeTableId, range, `To-${table}-${range}`)
    for (const routeTableId of peer.routeTableIds) route(routeTableId, vpcCidr, `Back-${routeTableId}`)

    if (peer.routeTableIds.length === 0)
      new CfnOutput(this, 'RouteToAdd', {
        description: `For the route tables of ${peer.vpcId} from which head nodes are reached`,
        value: `${vpcCidr} via ${connection.ref}`,
      })
  }
}
