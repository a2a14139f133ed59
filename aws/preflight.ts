// What preflight asks of the account: reads only.
import { CloudFormationClient, paginateListStacks, StackStatus } from '@aws-sdk/client-cloudformation'
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import {
  DescribeVpcAttributeCommand,
  EC2Client,
  paginateDescribeImages,
  paginateDescribeRouteTables,
  paginateDescribeSubnets,
  paginateDescribeVpcEndpoints,
  paginateDescribeVpcPeeringConnections,
  paginateDescribeVpcs,
  type Route,
  type VpcEndpoint,
} from '@aws-sdk/client-ec2'
import { DescribeMountTargetsCommand, EFSClient } from '@aws-sdk/client-efs'
import { FSxClient, paginateDescribeFileSystems } from '@aws-sdk/client-fsx'
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3'
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas'
import type { Inspect } from '../core/preflight/questions.ts'
import { type QuotaName, quotas } from '../core/preflight/quotas.ts'
import { isNamed } from './errors.ts'

// A look that hangs must end while the function still has time to say so.
const config = { maxAttempts: 3, requestHandler: { connectionTimeout: 2000, requestTimeout: 8000 } }

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
      // A file system has one per zone at most, so there is one page.
      const { MountTargets = [] } = await new EFSClient(config).send(
        new DescribeMountTargetsCommand({ FileSystemId: fileSystemId }),
      )
      return MountTargets.map(({ AvailabilityZoneName = '', LifeCycleState = '' }) => ({
        zone: AvailabilityZoneName,
        state: LifeCycleState,
      }))
    },

    async slots() {
      const client = new DynamoDBClient(config)
      const pages = await all(paginateScan({ client }, { TableName: slotsTable, Select: 'COUNT' }))
      return { taken: pages.reduce((sum, { Count = 0 }) => sum + Count, 0) }
    },

    async quotas({ vpcId, names }) {
      const client = new ServiceQuotasClient(config)
      const used = usage(vpcId, ec2)
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

async function all<Page>(pages: AsyncIterable<Page>): Promise<Page[]> {
  const found: Page[] = []
  for await (const page of pages) found.push(page)
  return found
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

async function limitOf(client: ServiceQuotasClient, name: QuotaName): Promise<number | undefined> {
  const { service, code } = quotas[name]
  const asked = { ServiceCode: service, QuotaCode: code }
  try {
    return (await client.send(new GetServiceQuotaCommand(asked))).Quota?.Value
  } catch (error) {
    // An account that never had another value of some quotas has none of its own.
    if (!isNamed(error, 'NoSuchResourceException')) throw error
    return (await client.send(new GetAWSDefaultServiceQuotaCommand(asked))).Quota?.Value
  }
}

/** How many there are of what is counted by pieces. */
function usage(vpcId: string, ec2: EC2Client): Partial<Record<QuotaName, () => Promise<number>>> {
  const vpcOnly = { Name: 'vpc-id', Values: [vpcId] }
  const count = async <Page>(pages: AsyncIterable<Page>, items: (page: Page) => unknown[] | undefined) =>
    (await all(pages)).reduce((sum, page) => sum + (items(page)?.length ?? 0), 0)
  const cloudFormation = new CloudFormationClient(config)
  const StackStatusFilter = Object.values(StackStatus).filter((status) => status !== 'DELETE_COMPLETE')
  return {
    vpcs: () => count(paginateDescribeVpcs({ client: ec2 }, {}), ({ Vpcs }) => Vpcs),
    subnets: () =>
      count(paginateDescribeSubnets({ client: ec2 }, { Filters: [vpcOnly] }), ({ Subnets }) => Subnets),
    endpoints: () =>
      count(
        paginateDescribeVpcEndpoints(
          { client: ec2 },
          { Filters: [vpcOnly, { Name: 'vpc-endpoint-type', Values: ['Interface'] }] },
        ),
        ({ VpcEndpoints }) => VpcEndpoints,
      ),
    stacks: () =>
      count(
        paginateListStacks({ client: cloudFormation }, { StackStatusFilter }),
        ({ StackSummaries }) => StackSummaries,
      ),
    lustre: () =>
      count(paginateDescribeFileSystems({ client: new FSxClient(config) }, {}), ({ FileSystems }) =>
        FileSystems?.filter(
          ({ LustreConfiguration }) => LustreConfiguration?.DeploymentType === 'PERSISTENT_2',
        ),
      ),
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
