// By which calls the sweeper deletes.
import * as ec2 from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { leftovers } from '../../aws/leftovers.ts'
import { stackName } from '../../core/names.ts'
import type { Orphan, OrphanKind } from '../../core/orphans/report.ts'
import { slotCidr } from '../../core/slots.ts'
import { aThing } from '../core/orphans/leftovers.ts'
import { accountingSite } from '../core/samples.ts'
import { makeWorld } from '../world.ts'
import { named } from './fake-aws.ts'
import { all, compute, homes, lustre, of, policies, remove, site, tableNames } from './orphans-aws.ts'

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

  it('a slot only while no record is of its deployment, in one write, and without a subnet in it', async () => {
    const one = orphan('slot')
    compute.on(ec2.DescribeSubnetsCommand).resolves({})
    expect(await remove(one)).toBe('deleted')
    const values = { ':deployment': of.deploymentId }
    const cidr = slotCidr(site.network, Number(one.id))
    const Filters = [
      { Name: 'vpc-id', Values: [site.network.vpcId] },
      { Name: 'cidr-block', Values: [cidr] },
    ]
    expect(sent()).toEqual([
      ['DescribeSubnetsCommand', { Filters }],
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

  it('no slot with a subnet in it, whatever tags that has', async () => {
    const one = orphan('slot')
    const Subnets = [{ SubnetId: 'subnet-1', CidrBlock: slotCidr(site.network, Number(one.id)) }]
    compute.on(ec2.DescribeSubnetsCommand).resolves({ Subnets })
    await expect(remove(one)).rejects.toThrow('The subnet subnet-1 is still there.')
    expect(sent().map(([command]) => command)).toEqual(['DescribeSubnetsCommand'])
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
