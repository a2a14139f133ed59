// The private network that clusters live in: no Internet gateway, no NAT, no public subnet, no default route.
import { CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib'
import { CfnRouteTable, CfnVPCEndpoint, IpAddresses, type IVpc, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2'
import type { PolicyDocument } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'
import { dynamoDbPolicy, s3Policy } from './endpoint-policies.ts'
import { type Environment, serviceMask } from './environment.ts'
import { FlowLogs } from './flow-logs.ts'
import { InterfaceEndpoints } from './interface-endpoints.ts'
import { MainVpc } from './peering.ts'

type Props = StackProps & Pick<Environment, 'network' | 'api' | 'logRetentionDays'> & { key?: IKey }

/** What the other stacks need to know of it. */
export type NetworkFacts = {
  vpcId: string
  /** The one route table of every cluster's subnet: the VPC itself, S3, DynamoDB, and the Main VPC. */
  routeTableId: string
  /** By which a PRIVATE API is called. */
  apiEndpointId: string | undefined
}

import { accept } from './nag.ts'

export class NetworkStack extends Stack {
  readonly #zones: string[]
  readonly vpc: IVpc
  readonly facts: NetworkFacts

  constructor(scope: Construct, id: string, { network, api, logRetentionDays, key, ...props }: Props) {
    super(scope, id, props)
    this.#zones = network.zones
    const { vpcCidr, bucketsElsewhere, peering, flowLogs } = network
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(vpcCidr),
      availabilityZones: network.zones,
      subnetConfiguration: [
        { name: 'Service', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: serviceMask },
      ],
      natGateways: 0,
      createInternetGateway: false,
      // The default group is never used; emptying it would take a function of its own.
      restrictDefaultSecurityGroup: false,
    })
    if (!network.flowLogs) accept(vpc, 'AwsSolutions-VPC7', 'The environment asks for no flow logs.')
    // CDK's own types part here: its Vpc has an optional field where its IVpc has none.
    this.vpc = vpc as IVpc
    const { vpcId } = this.vpc
    const routeTable = new CfnRouteTable(this, 'ClusterRouteTable', { vpcId })
    Tags.of(routeTable).add('Name', `${id}/clusters`)
    const routeTableIds = [
      ...this.vpc.isolatedSubnets.map((subnet) => subnet.routeTable.routeTableId),
      routeTable.ref,
    ]

    this.gateway('S3', 's3', routeTableIds, s3Policy(this, bucketsElsewhere))
    this.gateway('DynamoDb', 'dynamodb', routeTableIds, dynamoDbPolicy(this))
    const { apiEndpointId } = new InterfaceEndpoints(this, 'Endpoints', { vpc: this.vpc, network, api })
    for (const peer of peering)
      new MainVpc(this, `Main-${peer.vpcId}`, { vpcId, vpcCidr, routeTableIds, peer })
    if (flowLogs)
      new FlowLogs(this, 'FlowLogs', { vpcId, traffic: flowLogs, logRetentionDays, ...(key ? { key } : {}) })
    this.facts = { vpcId, routeTableId: routeTable.ref, apiEndpointId }
    new CfnOutput(this, 'VpcId', { value: vpcId })
  }

  private gateway(id: string, service: string, routeTableIds: string[], policyDocument: PolicyDocument) {
    new CfnVPCEndpoint(this, id, {
      vpcId: this.vpc.vpcId,
      serviceName: `com.amazonaws.${this.region}.${service}`,
      vpcEndpointType: 'Gateway',
      routeTableIds,
      policyDocument,
    })
  }

  // The environment names its zones; without this CDK would ask the account for them, and synthesis need one.
  override get availabilityZones(): string[] {
    return this.#zones
  }
}
