// The private network that clusters live in: no Internet gateway, no NAT, no public subnet, no default route.
import { CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib'
import { CfnRouteTable, CfnVPCEndpoint, IpAddresses, type IVpc, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2'
import type { Construct } from 'constructs'
import { type Environment, serviceMask } from './environment.ts'
import { accept } from './nag.ts'

export class NetworkStack extends Stack {
  readonly #zones: string[]
  readonly vpc: IVpc
  /** The one route table of every cluster's subnet: the VPC itself, S3 and DynamoDB. */
  readonly clusterRouteTableId: string

  constructor(
    scope: Construct,
    id: string,
    { network, ...props }: StackProps & Pick<Environment, 'network'>,
  ) {
    super(scope, id, props)
    this.#zones = network.zones
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(network.vpcCidr),
      availabilityZones: network.zones,
      subnetConfiguration: [
        { name: 'Service', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: serviceMask },
      ],
      natGateways: 0,
      createInternetGateway: false,
      // The default group is never used; emptying it would take a function of its own.
      restrictDefaultSecurityGroup: false,
    })
    accept(vpc, 'AwsSolutions-VPC7', 'Flow logs are not there yet.')
    // CDK's own types part here: its Vpc has an optional field where its IVpc has none.
    this.vpc = vpc as IVpc
    const routeTable = new CfnRouteTable(this, 'ClusterRouteTable', { vpcId: this.vpc.vpcId })
    Tags.of(routeTable).add('Name', `${id}/clusters`)
    this.clusterRouteTableId = routeTable.ref

    const routeTableIds = [
      ...this.vpc.isolatedSubnets.map((subnet) => subnet.routeTable.routeTableId),
      routeTable.ref,
    ]
    for (const [name, service] of [
      ['S3', 's3'],
      ['DynamoDb', 'dynamodb'],
    ] as const)
      new CfnVPCEndpoint(this, name, {
        vpcId: this.vpc.vpcId,
        serviceName: `com.amazonaws.${this.region}.${service}`,
        vpcEndpointType: 'Gateway',
        routeTableIds,
      })
    new CfnOutput(this, 'VpcId', { value: this.vpc.vpcId })
  }

  // The environment names its zones; without this CDK would ask the account for them, and synthesis need one.
  override get availabilityZones(): string[] {
    return this.#zones
  }
}
