// What preflight asks of the account: reads only.
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import {
  DescribeVpcAttributeCommand,
  EC2Client,
  paginateDescribeImages,
  paginateDescribeRouteTables,
  paginateDescribeVpcEndpoints,
  paginateDescribeVpcPeeringConnections,
  type Route,
  type VpcEndpoint,
} from '@aws-sdk/client-ec2'
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas'
import type { Inspect } from '../core/preflight/questions.ts'
import { isNamed } from './errors.ts'
import { all, config } from './looks.ts'
import { limitOf, mountTargetsOf, usage } from './quotas.ts'

export function inspector(slotsTable: string): Inspect {
  const ec2 = new EC2Client(config)
  const endpointsIn = async (vpcId: string) => {
    const Filters = [{ Name: 'vpc-id', Values: [vpcId] }]
    const pages = await all(paginateDescribeVpcEndpoints({ client: ec2 }, { Filters }))
    return pages.flatMap(({ VpcEndpoints = [] }) => VpcEndpoints)
  }
  return {
    async endpoints({ vpcId }) {
      return (await endpointsIn(vpcId)).map(({ State = '', ...one }) => ({
        service: serviceOf(one),
        state: State,
      }))
    },

    async dns({ vpcId }) {
      const asked = (Attribute: 'enableDnsSupport' | 'enableDnsHostnames') =>
        ec2.send(new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute }))
      const [support, hostnames, endpoints] = await Promise.all([
        asked('enableDnsSupport'),
        asked('enableDnsHostnames'),
        endpointsIn(vpcId),
      ])
      return {
        support: support.EnableDnsSupport?.Value ?? false,
        hostnames: hostnames.EnableDnsHostnames?.Value ?? false,
        endpoints: endpoints.map(({ PrivateDnsEnabled = false, ...one }) => ({
          service: serviceOf(one),
          isPrivate: PrivateDnsEnabled,
        })),
      }
    },

    async routes({ vpcId }) {
      const Filters = [{ Name: 'vpc-id', Values: [vpcId] }]
      const pages = await all(paginateDescribeRouteTables({ client: ec2 }, { Filters }))
      return pages
        .flatMap(({ RouteTables = [] }) => RouteTables)
        .flatMap(({ RouteTableId = '', Routes = [] }) =>
          Routes.map((route) => ({ routeTableId: RouteTableId, ...placesOf(route) })),
        )
    },

    async peering({ vpcId }) {
      const Filters = [{ Name: 'requester-vpc-info.vpc-id', Values: [vpcId] }]
      const pages = await all(paginateDescribeVpcPeeringConnections({ client: ec2 }, { Filters }))
      return pages
        .flatMap(({ VpcPeeringConnections = [] }) => VpcPeeringConnections)
        .map(({ AccepterVpcInfo, Status }) => ({
          peerVpcId: AccepterVpcInfo?.VpcId ?? '',
          status: Status?.Code ?? 'unknown',
        }))
    },

    async mountTargets({ fileSystemId }) {
      return (await mountTargetsOf(fileSystemId)).map(
        ({ AvailabilityZoneName = '', LifeCycleState = '' }) => ({
          zone: AvailabilityZoneName,
          state: LifeCycleState,
        }),
      )
    },

    async slots() {
      const client = new DynamoDBClient(config)
      const pages = await all(paginateScan({ client }, { TableName: slotsTable, Select: 'COUNT' }))
      return { taken: pages.reduce((sum, { Count = 0 }) => sum + Count, 0) }
    },

    async quotas({ vpcId, fileSystemId, names }) {
      const client = new ServiceQuotasClient(config)
      const used = usage(vpcId, fileSystemId, ec2)
      const entries = names.map(async (name) => {
        const [limit, count] = await Promise.all([limitOf(client, name), used[name]?.()])
        return limit === undefined ? [] : [[name, { limit, ...(count === undefined ? {} : { used: count }) }]]
      })
      return Object.fromEntries((await Promise.all(entries)).flat())
    },

    async provider({ serviceToken, bucket, key }) {
      const [isPublished, functionState] = await Promise.all([
        publishes(new S3Client(config), bucket, key),
        stateOf(new LambdaClient(config), serviceToken),
      ])
      return { isPublished, functionState }
    },

    async image(question) {
      const wanted = 'id' in question ? [question.id] : question.names
      const fits = async (one: string) => {
        const filter =
          'id' in question ? { Name: 'image-id', Values: [one] } : { Name: 'name', Values: [one] }
        const pages = await all(
          paginateDescribeImages(
            { client: ec2 },
            {
              Filters: [filter, { Name: 'state', Values: ['available'] }],
              ...('id' in question ? {} : { Owners: ['amazon'] }),
            },
          ),
        )
        return pages.some(({ Images = [] }) => Images.length > 0) ? [one] : []
      }
      return { found: (await Promise.all(wanted.map(fits))).flat() }
    },
  }
}

const serviceOf = ({ ServiceName = '' }: VpcEndpoint): string => ServiceName.split('.').at(-1) ?? ''

function placesOf(route: Route) {
  const target =
    route.GatewayId ??
    route.NatGatewayId ??
    route.EgressOnlyInternetGatewayId ??
    route.VpcPeeringConnectionId ??
    route.TransitGatewayId ??
    route.NetworkInterfaceId ??
    route.InstanceId ??
    'something else'
  return {
    destination:
      route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId ?? '',
    target,
    isActive: route.State !== 'blackhole',
  }
}

async function publishes(client: S3Client, Bucket: string, Key: string): Promise<boolean> {
  try {
    await client.send(new HeadObjectCommand({ Bucket, Key }))
    return true
  } catch (error) {
    // Who may not list a bucket is told of a missing object that it is forbidden.
    if (isNamed(error, 'NotFound', 'NoSuchKey', 'Forbidden', '403')) return false
    throw error
  }
}

async function stateOf(client: LambdaClient, FunctionName: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetFunctionConfigurationCommand({ FunctionName }))).State
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return undefined
    throw error
  }
}
