// What preflight asks of AWS, and what it makes of the answers: reads only.
import { CloudFormationClient, ListStacksCommand } from '@aws-sdk/client-cloudformation'
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import * as ec2 from '@aws-sdk/client-ec2'
import { DescribeAccessPointsCommand, DescribeMountTargetsCommand, EFSClient } from '@aws-sdk/client-efs'
import { DescribeFileSystemsCommand, FSxClient } from '@aws-sdk/client-fsx'
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3'
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import { inspector } from '../../aws/preflight.ts'
import type { QuotaName } from '../../core/preflight/quotas.ts'
import { named } from './fake-aws.ts'

const compute = mockClient(ec2.EC2Client)
const tables = mockClient(DynamoDBClient)
const formation = mockClient(CloudFormationClient)
const homes = mockClient(EFSClient)
const lustre = mockClient(FSxClient)
const functions = mockClient(LambdaClient)
const objects = mockClient(S3Client)
const limits = mockClient(ServiceQuotasClient)
beforeEach(() => {
  for (const mock of [compute, tables, formation, homes, lustre, functions, objects, limits]) mock.reset()
})
const inspect = inspector('slots')
const vpcId = 'vpc-1'
const inVpc = { Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }

describe('of the network', () => {
  // As the API answers it, whatever the SDK's types say.
  const endpoint = (name: string, PrivateDnsEnabled: boolean) => ({
    ServiceName: `com.amazonaws.eu-west-1.${name}`,
    State: 'available' as ec2.State,
    PrivateDnsEnabled,
  })

  it('every page of the VPC’s endpoints', async () => {
    compute
      .on(ec2.DescribeVpcEndpointsCommand, inVpc)
      .resolvesOnce({ VpcEndpoints: [endpoint('logs', true)], NextToken: '2' })
      .resolvesOnce({ VpcEndpoints: [endpoint('execute-api', true)] })
    expect(await inspect.endpoints({ vpcId })).toEqual([
      { service: 'logs', state: 'available' },
      { service: 'execute-api', state: 'available' },
    ])
  })

  it('the two attributes by which endpoints have names, and each endpoint’s', async () => {
    compute
      .on(ec2.DescribeVpcAttributeCommand)
      .callsFake(({ Attribute }) =>
        Attribute === 'enableDnsSupport'
          ? { EnableDnsSupport: { Value: true } }
          : { EnableDnsHostnames: { Value: false } },
      )
    compute
      .on(ec2.DescribeVpcEndpointsCommand, inVpc)
      .resolves({ VpcEndpoints: [endpoint('logs', true), endpoint('s3', false)] })
    expect(await inspect.dns({ vpcId })).toEqual({
      support: true,
      hostnames: false,
      endpoints: [
        { service: 'logs', isPrivate: true },
        { service: 's3', isPrivate: false },
      ],
    })
  })

  it('where each route leads, by whatever way', async () => {
    const to = (route: ec2.Route) => ({
      DestinationCidrBlock: '0.0.0.0/0',
      State: 'active' as const,
      ...route,
    })
    compute.on(ec2.DescribeRouteTablesCommand, inVpc).resolves({
      RouteTables: [
        {
          RouteTableId: 'rtb-1',
          Routes: [
            to({ GatewayId: 'igw-1' }),
            to({ NatGatewayId: 'nat-1' }),
            to({ TransitGatewayId: 'tgw-1', State: 'blackhole' }),
            to({ VpcPeeringConnectionId: 'pcx-1' }),
            { DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: 'eigw-1' },
            { DestinationPrefixListId: 'pl-1', GatewayId: 'vpce-1' },
          ],
        },
      ],
    })
    const routes = await inspect.routes({ vpcId })
    expect(routes.map(({ destination, target, isActive }) => [destination, target, isActive])).toEqual([
      ['0.0.0.0/0', 'igw-1', true],
      ['0.0.0.0/0', 'nat-1', true],
      ['0.0.0.0/0', 'tgw-1', false],
      ['0.0.0.0/0', 'pcx-1', true],
      ['::/0', 'eigw-1', true],
      ['pl-1', 'vpce-1', true],
    ])
  })

  it('the state of the peering connections that the VPC asked for', async () => {
    compute
      .on(ec2.DescribeVpcPeeringConnectionsCommand, {
        Filters: [{ Name: 'requester-vpc-info.vpc-id', Values: [vpcId] }],
      })
      .resolves({
        VpcPeeringConnections: [
          { AccepterVpcInfo: { VpcId: 'vpc-main' }, Status: { Code: 'pending-acceptance' } },
        ],
      })
    expect(await inspect.peering({ vpcId })).toEqual([
      { peerVpcId: 'vpc-main', status: 'pending-acceptance' },
    ])
  })

  it('the mount targets of the homes, and how many slots are taken, over all pages', async () => {
    homes.on(DescribeMountTargetsCommand, { FileSystemId: 'fs-1' }).resolves({
      MountTargets: [{ AvailabilityZoneName: 'eu-west-1a', LifeCycleState: 'available' } as never],
    })
    tables
      .on(ScanCommand, { TableName: 'slots', Select: 'COUNT' })
      .resolvesOnce({ Count: 100, LastEvaluatedKey: { slot: { N: '99' } } })
      .resolvesOnce({ Count: 7 })
    expect(await inspect.mountTargets({ fileSystemId: 'fs-1' })).toEqual([
      { zone: 'eu-west-1a', state: 'available' },
    ])
    expect(await inspect.slots({})).toEqual({ taken: 107 })
  })
})

describe('of quotas', () => {
  const asked = { vpcId, fileSystemId: 'fs-1' }

  it('the account’s value, else AWS’s own, and what is in use of it', async () => {
    limits.on(GetServiceQuotaCommand).resolves({ Quota: { Value: 200 } })
    limits.on(GetServiceQuotaCommand, { ServiceCode: 'fsx' }).rejects(named('NoSuchResourceException'))
    limits.on(GetAWSDefaultServiceQuotaCommand, { ServiceCode: 'fsx' }).resolves({ Quota: { Value: 100 } })
    compute.on(ec2.DescribeSubnetsCommand, inVpc).resolves({ Subnets: [{}, {}, {}] })
    formation
      .on(ListStacksCommand)
      .resolvesOnce({ StackSummaries: [{}, {}] as never, NextToken: '2' })
      .resolvesOnce({ StackSummaries: [{}] as never })
    lustre.on(DescribeFileSystemsCommand).resolves({
      FileSystems: [
        { StorageCapacity: 1200, LustreConfiguration: { DeploymentType: 'PERSISTENT_2' } },
        { StorageCapacity: 2400, LustreConfiguration: { DeploymentType: 'PERSISTENT_2' } },
        { StorageCapacity: 3600, LustreConfiguration: { DeploymentType: 'SCRATCH_2' } },
        { OntapConfiguration: {} },
      ],
    })
    homes
      .on(DescribeAccessPointsCommand, { FileSystemId: 'fs-1' })
      .resolvesOnce({ AccessPoints: [{}, {}], NextToken: '2' })
      .resolvesOnce({ AccessPoints: [{}] })
    homes.on(DescribeMountTargetsCommand, { FileSystemId: 'fs-1' }).resolves({ MountTargets: [{} as never] })
    const names: QuotaName[] = ['subnets', 'stacks', 'lustre', 'lustreStorage', 'hpcVcpus']
    const homesNames: QuotaName[] = ['accessPoints', 'mountTargets']
    expect(await inspect.quotas({ ...asked, names: [...names, ...homesNames] })).toEqual({
      subnets: { limit: 200, used: 3 },
      stacks: { limit: 200, used: 3 },
      lustre: { limit: 100, used: 2 },
      lustreStorage: { limit: 100, used: 3600 },
      accessPoints: { limit: 200, used: 3 },
      mountTargets: { limit: 200, used: 1 },
      hpcVcpus: { limit: 200 },
    })
    const { StackStatusFilter = [] } = formation.commandCalls(ListStacksCommand)[0]?.args[0].input ?? {}
    expect(StackStatusFilter).toContain('CREATE_COMPLETE')
    expect(StackStatusFilter).not.toContain('DELETE_COMPLETE')
  })

  it('what AWS documents where Service Quotas knows nothing of it, and else nothing', async () => {
    limits.on(GetServiceQuotaCommand).rejects(named('NoSuchResourceException'))
    limits.on(GetAWSDefaultServiceQuotaCommand).rejects(named('NoSuchResourceException'))
    homes.on(DescribeAccessPointsCommand).resolves({ AccessPoints: [{}] })
    expect(await inspect.quotas({ ...asked, names: ['accessPoints'] })).toEqual({
      accessPoints: { limit: 10_000, used: 1 },
    })
    await expect(inspect.quotas({ ...asked, names: ['hpcVcpus'] })).rejects.toThrow('NoSuchResource')
  })

  it('a refusal, which is not taken for an answer', async () => {
    limits.on(GetServiceQuotaCommand).rejects(named('AccessDeniedException'))
    await expect(inspect.quotas({ ...asked, names: ['accessPoints'] })).rejects.toThrow('AccessDenied')
    limits.on(GetServiceQuotaCommand).rejects(named('NoSuchResourceException'))
    limits.on(GetAWSDefaultServiceQuotaCommand).rejects(named('AccessDeniedException'))
    await expect(inspect.quotas({ ...asked, names: ['accessPoints'] })).rejects.toThrow('AccessDenied')
  })
})

describe('of ParallelCluster', () => {
  const question = {
    serviceToken: 'arn:function',
    bucket: 'eu-west-1-aws-parallelcluster',
    key: 'a/cluster.yaml',
  }

  it('whether the template is published and the function active', async () => {
    objects.on(HeadObjectCommand, { Bucket: question.bucket, Key: question.key }).resolves({})
    functions
      .on(GetFunctionConfigurationCommand, { FunctionName: 'arn:function' })
      .resolves({ State: 'Active' })
    expect(await inspect.provider(question)).toEqual({ isPublished: true, functionState: 'Active' })
  })

  it.each(['NotFound', '403', 'Forbidden'])('what is not there is an answer too: %s', async (name) => {
    objects.on(HeadObjectCommand).rejects(named(name))
    functions.on(GetFunctionConfigurationCommand).rejects(named('ResourceNotFoundException'))
    expect(await inspect.provider(question)).toEqual({ isPublished: false, functionState: undefined })
  })

  it('Amazon’s available images by name, or one of the site’s own by id, whoever owns it', async () => {
    const available = { Name: 'state', Values: ['available'] }
    compute.on(ec2.DescribeImagesCommand).resolves({ Images: [] })
    compute
      .on(ec2.DescribeImagesCommand, {
        Owners: ['amazon'],
        Filters: [{ Name: 'name', Values: ['a-*'] }, available],
      })
      .resolves({ Images: [{ ImageId: 'ami-1' }] })
    expect(await inspect.image({ names: ['a-*', 'b-*'] })).toEqual({ found: ['a-*'] })
    compute
      .on(ec2.DescribeImagesCommand, { Filters: [{ Name: 'image-id', Values: ['ami-2'] }, available] })
      .resolves({ Images: [{ ImageId: 'ami-2' }] })
    expect(await inspect.image({ id: 'ami-2' })).toEqual({ found: ['ami-2'] })
  })
})
