// Service quotas, and how much of each is in use.
import { CloudFormationClient, paginateListStacks, StackStatus } from '@aws-sdk/client-cloudformation'
import {
  type EC2Client,
  paginateDescribeSubnets,
  paginateDescribeVpcEndpoints,
  paginateDescribeVpcs,
} from '@aws-sdk/client-ec2'
import { DescribeMountTargetsCommand, EFSClient, paginateDescribeAccessPoints } from '@aws-sdk/client-efs'
import { FSxClient, paginateDescribeFileSystems } from '@aws-sdk/client-fsx'
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  type ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas'
import { type QuotaName, quotaOf } from '../core/preflight/quotas.ts'
import { isNamed } from './errors.ts'
import { all, config } from './looks.ts'

export async function limitOf(client: ServiceQuotasClient, name: QuotaName): Promise<number | undefined> {
  const { service, code, documented } = quotaOf(name)
  const asked = { ServiceCode: service, QuotaCode: code }
  const isUnknown = (error: unknown) => isNamed(error, 'NoSuchResourceException')
  try {
    return (await client.send(new GetServiceQuotaCommand(asked))).Quota?.Value
  } catch (error) {
    // An account that never had another value of some quotas has none of its own.
    if (!isUnknown(error)) throw error
  }
  try {
    return (await client.send(new GetAWSDefaultServiceQuotaCommand(asked))).Quota?.Value
  } catch (error) {
    if (documented === undefined || !isUnknown(error)) throw error
    return documented
  }
}

// A file system has one per zone at most, so there is one page.
export async function mountTargetsOf(FileSystemId: string) {
  const command = new DescribeMountTargetsCommand({ FileSystemId })
  return (await new EFSClient(config).send(command)).MountTargets ?? []
}

/** How many there are of what is counted by pieces, and how much of what is measured. */
export function usage(
  vpcId: string,
  FileSystemId: string,
  ec2: EC2Client,
): Partial<Record<QuotaName, () => Promise<number>>> {
  const vpcOnly = { Name: 'vpc-id', Values: [vpcId] }
  const count = async <Page>(pages: AsyncIterable<Page>, items: (page: Page) => unknown[] | undefined) =>
    (await all(pages)).reduce((sum, page) => sum + (items(page)?.length ?? 0), 0)
  const cloudFormation = new CloudFormationClient(config)
  const lustres = async () =>
    (await all(paginateDescribeFileSystems({ client: new FSxClient(config) }, {})))
      .flatMap(({ FileSystems = [] }) => FileSystems)
      .filter(({ LustreConfiguration }) => LustreConfiguration?.DeploymentType === 'PERSISTENT_2')
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
    lustre: async () => (await lustres()).length,
    lustreStorage: async () =>
      (await lustres()).reduce((sum, { StorageCapacity = 0 }) => sum + StorageCapacity, 0),
    accessPoints: () =>
      count(
        paginateDescribeAccessPoints({ client: new EFSClient(config) }, { FileSystemId }),
        ({ AccessPoints }) => AccessPoints,
      ),
    // Nothing else has a mount target in the clusters' VPC.
    mountTargets: async () => (await mountTargetsOf(FileSystemId)).length,
  }
}
