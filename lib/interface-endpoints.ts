// The interface endpoints of the private VPC: addresses in its service subnets that answer for AWS's services.
import { Stack } from 'aws-cdk-lib'
import { CfnVPCEndpoint, type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2'
import type { PolicyDocument } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { apiCallers, nodesAndPrincipals, ownPrincipals } from './endpoint-policies.ts'
import { type EndpointName, endpointsOf } from './endpoints.ts'
import { type Environment, serviceRange } from './environment.ts'
import { allCallers } from './environment-api.ts'

type Props = Pick<Environment, 'network' | 'api'> & { vpc: IVpc }

export class InterfaceEndpoints extends Construct {
  readonly apiEndpointId: string | undefined

  constructor(scope: Construct, id: string, { vpc, network, api }: Props) {
    super(scope, id)
    const stack = Stack.of(this)
    const policies: Partial<Record<EndpointName, PolicyDocument>> = {
      'execute-api': apiCallers(stack, allCallers(api)),
      cloudformation: nodesAndPrincipals(stack),
    }
    const serviceRanges = network.zones.map((_, zone) => serviceRange(network.vpcCidr, zone))
    const group = this.group('Group', vpc, 'AWS services', [network.clusterRange, ...serviceRanges])
    for (const { name, zones } of endpointsOf({ network, api })) {
      const isApi = name === 'execute-api'
      const from = isApi ? this.group('ApiGroup', vpc, 'the API', network.sshFrom) : group
      const endpoint = new CfnVPCEndpoint(this, name, {
        vpcId: vpc.vpcId,
        serviceName: `com.amazonaws.${stack.region}.${name}`,
        vpcEndpointType: 'Interface',
        privateDnsEnabled: true,
        subnetIds: zones.map((zone) => subnetIn(vpc, network.zones, zone)),
        securityGroupIds: [from.securityGroupId],
        policyDocument: policies[name] ?? ownPrincipals(stack),
      })
      if (isApi) this.apiEndpointId = endpoint.ref
    }
  }

  /** An endpoint answers and never calls, so its group lets nothing out. */
  private group(id: string, vpc: IVpc, what: string, from: string[]): SecurityGroup {
    const group = new SecurityGroup(this, id, {
      vpc,
      allowAllOutbound: false,
      description: `HTTPS to ${what}`,
    })
    for (const range of from) group.addIngressRule(Peer.ipv4(range), Port.tcp(443), 'HTTPS')
    return group
  }
}

// The VPC has one service subnet per zone, in the environment's order.
const subnetIn = ({ isolatedSubnets }: IVpc, zones: string[], zone: string): string =>
  isolatedSubnets[zones.indexOf(zone)]?.subnetId ?? ''
