// What the sweeper asks AWS for: only what carries our tags is asked for, page by page.
import * as cfn from '@aws-sdk/client-cloudformation'
import * as ec2 from '@aws-sdk/client-ec2'
import * as efs from '@aws-sdk/client-efs'
import * as fsx from '@aws-sdk/client-fsx'
import * as iam from '@aws-sdk/client-iam'
import * as s3 from '@aws-sdk/client-s3'
import * as secretsManager from '@aws-sdk/client-secrets-manager'
import * as dynamodb from '@aws-sdk/lib-dynamodb'
import { describe, expect, it } from 'vitest'
import { isAppError } from '../../core/errors.ts'
import type { OrphanKind } from '../../core/orphans/report.ts'
import { named } from './fake-aws.ts'

import {
  compute,
  find,
  formation,
  homes,
  idle,
  inVpc,
  lustre,
  objects,
  policies,
  secrets,
  site,
  Tags,
  tables,
  tagged,
  tags,
} from './orphans-aws.ts'

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
