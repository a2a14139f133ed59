// What the sweeper asks AWS for, and by which calls it deletes: only what carries our tags is asked for, page by page.
import * as cfn from '@aws-sdk/client-cloudformation'
import * as ec2 from '@aws-sdk/client-ec2'
import * as efs from '@aws-sdk/client-efs'
import * as fsx from '@aws-sdk/client-fsx'
import * as iam from '@aws-sdk/client-iam'
import * as s3 from '@aws-sdk/client-s3'
import * as secretsManager from '@aws-sdk/client-secrets-manager'
import * as dynamodb from '@aws-sdk/lib-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import { leftovers } from '../../aws/leftovers.ts'
import { isAppError } from '../../core/errors.ts'
import { stackName } from '../../core/names.ts'
import type { Orphan, OrphanKind } from '../../core/orphans/report.ts'
import { aThing, pastOf } from '../core/orphans/leftovers.ts'
import { accountingSite, aSite } from '../core/samples.ts'
import { makeWorld } from '../world.ts'
import { named } from './fake-aws.ts'

const compute = mockClient(ec2.EC2Client)
const formation = mockClient(cfn.CloudFormationClient)
const homes = mockClient(efs.EFSClient)
const lustre = mockClient(fsx.FSxClient)
const policies = mockClient(iam.IAMClient)
const objects = mockClient(s3.S3Client)
const secrets = mockClient(secretsManager.SecretsManagerClient)
const tables = mockClient(dynamodb.DynamoDBDocumentClient)
const all = [compute, formation, homes, lustre, objects, policies, secrets, tables]
beforeEach(() => {
  for (const mock of all) mock.reset()
})

const tableNames = {
  clusters: 'clusters',
  slots: 'slots',
  events: 'events',
  audit: 'audit',
  operations: 'operations',
}
const of = pastOf('past', Date.parse('2026-08-01T00:00:00Z'))
const Tags = [{ Key: 'a', Value: 'b' }]
const tags = { a: 'b' }
const tagged = { Name: 'tag-key', Values: ['hpc-provisioner:deployment'] }
const site = aSite()
const inVpc = [{ Name: 'vpc-id', Values: [site.network.vpcId] }, tagged]
const idle = { Name: 'status', Values: ['available'] }
const { find, remove } = leftovers({
  cloud: makeWorld().context.cloud,
  site,
  tables: tableNames,
  kinds: [],
})

describe('finds', () => {
  it('the stacks of every page that are not gone, for both kinds', async () => {
    formation
      .on(cfn.DescribeStacksCommand)
      .resolves({ Stacks: [{ StackName: 'late', StackStatus: 'DELETE_COMPLETE', Tags }] as never })
    formation.on(cfn.DescribeStacksCommand, { NextToken: undefined }).resolves({
      Stacks: [{ StackName: 'one', StackStatus: 'DELETE_FAILED', Tags }] as never,
      NextToken: '2',
    })
    for (const kind of ['stack', 'parallelClusterStack'] as const)
      expect(await find(kind)).toEqual([{ kind, id: 'one', tags }])
    expect(formation.commandCalls(cfn.DescribeStacksCommand)).toHaveLength(4)
  })

  it.each<[OrphanKind, () => void, unknown]>([
    [
      'instance',
      () =>
        compute
          .on(ec2.DescribeInstancesCommand)
          .resolves({ Reservations: [{ Instances: [{ InstanceId: 'id', Tags }] }] }),
      [...inVpc, { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] }],
    ],
    [
      'networkInterface',
      () =>
        compute
          .on(ec2.DescribeNetworkInterfacesCommand)
          .resolves({ NetworkInterfaces: [{ NetworkInterfaceId: 'id', TagSet: Tags }] }),
      [...inVpc, idle],
    ],
    [
      'volume',
      () => compute.on(ec2.DescribeVolumesCommand).resolves({ Volumes: [{ VolumeId: 'id', Tags }] }),
      [tagged, idle],
    ],
    [
      'securityGroup',
      () =>
        compute.on(ec2.DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [{ GroupId: 'id', Tags }] }),
      inVpc,
    ],
    [
      'subnet',
      () => compute.on(ec2.DescribeSubnetsCommand).resolves({ Subnets: [{ SubnetId: 'id', Tags }] }),
      inVpc,
    ],
    [
      'keyPair',
      () => compute.on(ec2.DescribeKeyPairsCommand).resolves({ KeyPairs: [{ KeyName: 'id', Tags }] }),
      [tagged],
    ],
  ])('a %s by our tags, in our VPC where it has one', async (kind, answer, Filters) => {
    answer()
    expect(await find(kind)).toEqual([{ kind, id: 'id', tags }])
    expect(compute.calls().map(({ args: [{ input }] }) => (input as { Filters: unknown }).Filters)).toEqual([
      Filters,
    ])
  })

  it('secrets by our tags that are not being deleted', async () => {
    secrets
      .on(secretsManager.ListSecretsCommand, {
        Filters: [{ Key: 'tag-key', Values: ['hpc-provisioner:deployment'] }],
      })
      .resolves({
        SecretList: [
          { Name: 'id', Tags },
          { Name: 'old', Tags, DeletedDate: new Date(0) },
        ],
      })
    for (const kind of ['secret', 'databaseLogin'] as const)
      expect(await find(kind)).toEqual([{ kind, id: 'id', tags }])
  })

  it('file systems and access points that are not being deleted, those of our homes only', async () => {
    lustre.on(fsx.DescribeFileSystemsCommand).resolves({
      FileSystems: [
        { FileSystemId: 'id', Tags },
        { FileSystemId: 'old', Tags, Lifecycle: 'DELETING' },
      ],
    })
    homes
      .on(efs.DescribeAccessPointsCommand, { FileSystemId: site.storage.fileSystemId })
      .resolves({ AccessPoints: [{ AccessPointId: 'id', Tags, LifeCycleState: 'available' }] })
    expect(await find('fileSystem')).toEqual([{ kind: 'fileSystem', id: 'id', tags }])
    expect(await find('accessPoint')).toEqual([{ kind: 'accessPoint', id: 'id', tags }])
  })

  it('policies of our path and names, each with its tags', async () => {
    policies.on(iam.ListPoliciesCommand, { Scope: 'Local', PathPrefix: '/parallelcluster/' }).resolves({
      Policies: [
        { PolicyName: 'hpc-a', Arn: 'arn:a' },
        { PolicyName: 'other', Arn: 'arn:other' },
      ],
    })
    policies.on(iam.ListPolicyTagsCommand, { PolicyArn: 'arn:a' }).resolves({ Tags })
    expect(await find('policy')).toEqual([{ kind: 'policy', id: 'arn:a', tags }])
    expect(policies.commandCalls(iam.ListPolicyTagsCommand)).toHaveLength(1)
  })

  it('the slots of every page, with whose they are', async () => {
    tables
      .on(dynamodb.ScanCommand, { TableName: 'slots' })
      .resolvesOnce({ Items: [{ slot: 3, cluster: 'a', deploymentId: '1' }], LastEvaluatedKey: { slot: 3 } })
      .resolvesOnce({ Items: [{ slot: 4, cluster: 'b', deploymentId: '2' }] })
    expect(await find('slot')).toEqual([
      { kind: 'slot', id: '3', tags: {}, row: { name: 'a', deploymentId: '1' } },
      { kind: 'slot', id: '4', tags: {}, row: { name: 'b', deploymentId: '2' } },
    ])
  })

  it('the trusted keys of every page, with whose they are', async () => {
    objects
      .on(s3.ListObjectsV2Command, { Bucket: site.nodeKeys.bucket, Prefix: 'hpc-' })
      .resolvesOnce({ Contents: [{ Key: 'hpc-a/1/trusted-keys' }], NextContinuationToken: '2' })
      .resolvesOnce({ Contents: [{ Key: 'hpc-b/2/trusted-keys' }] })
    const rows = (await find('trustedKeys')).map(({ id, row }) => [id, row])
    expect(rows).toEqual([
      ['hpc-a/1/trusted-keys', { name: 'hpc-a', deploymentId: '1' }],
      ['hpc-b/2/trusted-keys', { name: 'hpc-b', deploymentId: '2' }],
    ])
  })

  it('nothing where it may not look, or AWS does not answer', async () => {
    compute.on(ec2.DescribeSubnetsCommand).rejects(named('UnauthorizedOperation'))
    await expect(find('subnet')).rejects.toThrow('UnauthorizedOperation')
    compute.on(ec2.DescribeSubnetsCommand).rejects(named('RequestLimitExceeded'))
    await expect(find('subnet')).rejects.toSatisfy((error) => isAppError(error, 'Unavailable'))
  })
})

const orphan = (kind: OrphanKind): Orphan => ({
  ...aThing(kind, of),
  cluster: of.name,
  deployment: of.deploymentId,
  since: '2026-08-01T00:00:00.000Z',
  reason: 'NoCluster',
  outcome: 'found',
})
const sent = () =>
  all.flatMap((mock) =>
    mock.calls().map(({ args: [command] }) => [(command as object).constructor.name, command.input]),
  )

describe('deletes', () => {
  it.each<[OrphanKind, string, (id: string) => object, 'deleted' | 'deleting']>([
    ['instance', 'TerminateInstancesCommand', (id) => ({ InstanceIds: [id] }), 'deleting'],
    ['fileSystem', 'DeleteFileSystemCommand', (id) => ({ FileSystemId: id }), 'deleting'],
    ['networkInterface', 'DeleteNetworkInterfaceCommand', (id) => ({ NetworkInterfaceId: id }), 'deleted'],
    ['volume', 'DeleteVolumeCommand', (id) => ({ VolumeId: id }), 'deleted'],
    ['accessPoint', 'DeleteAccessPointCommand', (id) => ({ AccessPointId: id }), 'deleted'],
    ['securityGroup', 'DeleteSecurityGroupCommand', (id) => ({ GroupId: id }), 'deleted'],
    ['subnet', 'DeleteSubnetCommand', (id) => ({ SubnetId: id }), 'deleted'],
    ['policy', 'DeletePolicyCommand', (id) => ({ PolicyArn: id }), 'deleted'],
  ])('a %s by %s', async (kind, command, input, outcome) => {
    const one = orphan(kind)
    expect(await remove(one)).toBe(outcome)
    expect(sent()).toEqual([[command, input(one.id)]])
  })

  it('a slot only while no record is of its deployment, in one write', async () => {
    const one = orphan('slot')
    expect(await remove(one)).toBe('deleted')
    const values = { ':deployment': of.deploymentId }
    expect(sent()).toEqual([
      [
        'TransactWriteCommand',
        {
          TransactItems: [
            {
              ConditionCheck: {
                TableName: 'clusters',
                Key: { name: of.name },
                ConditionExpression: 'attribute_not_exists(#name) OR deploymentId <> :deployment',
                ExpressionAttributeNames: { '#name': 'name' },
                ExpressionAttributeValues: values,
              },
            },
            {
              Delete: {
                TableName: 'slots',
                Key: { slot: Number(one.id) },
                ConditionExpression: 'deploymentId = :deployment',
                ExpressionAttributeValues: values,
              },
            },
          ],
        },
      ],
    ])
  })

  it('stacks, keys and logins by the calls that the reconciler has for them', async () => {
    const world = makeWorld(accountingSite())
    const { context, site } = world
    const { remove } = leftovers({ cloud: context.cloud, site, tables: tableNames, kinds: [] })
    expect(await remove(orphan('stack'))).toBe('deleting')
    for (const kind of ['keyPair', 'trustedKeys', 'secret', 'databaseLogin'] as const)
      expect(await remove(orphan(kind))).toBe('deleted')
    expect(world.calls.map(({ name }) => name)).toEqual([
      'deleteStack',
      'deleteKeyPair',
      'deleteTrustedKeys',
      'deleteSecret',
      'removeAccounting',
    ])
    expect(orphan('stack').id).toBe(stackName(of))
    expect(sent()).toEqual([])
  })

  it('the password’s secret where the site has no database any more', async () => {
    const world = makeWorld()
    const { remove } = leftovers({ cloud: world.context.cloud, site, tables: tableNames, kinds: [] })
    await remove(orphan('databaseLogin'))
    expect(world.calls.map(({ name }) => name)).toEqual(['deleteSecret'])
  })

  it.each<[OrphanKind, string]>([
    ['instance', 'InvalidInstanceID.NotFound'],
    ['networkInterface', 'InvalidNetworkInterfaceID.NotFound'],
    ['volume', 'InvalidVolume.NotFound'],
    ['securityGroup', 'InvalidGroup.NotFound'],
    ['subnet', 'InvalidSubnetID.NotFound'],
  ])('a %s that is gone already: %s', async (kind, name) => {
    compute.rejects(named(name))
    expect(['deleted', 'deleting']).toContain(await remove(orphan(kind)))
  })

  it.each<[OrphanKind, () => unknown]>([
    ['fileSystem', () => lustre.rejects(named('FileSystemNotFound'))],
    ['accessPoint', () => homes.rejects(named('AccessPointNotFound'))],
    ['policy', () => policies.rejects(named('NoSuchEntityException'))],
  ])('a %s that is gone already', async (kind, answer) => {
    answer()
    expect(['deleted', 'deleting']).toContain(await remove(orphan(kind)))
  })

  it('nothing that is still in use, and passes the refusal on', async () => {
    compute.rejects(named('DependencyViolation', 'The subnet has dependencies.'))
    await expect(remove(orphan('subnet'))).rejects.toThrow('The subnet has dependencies.')
    await expect(remove(orphan('parallelClusterStack'))).rejects.toThrow('by hand')
  })
})
