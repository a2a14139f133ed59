// How each kind of leftover is deleted. What is gone already counts as deleted.

import {
  DeleteNetworkInterfaceCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVolumeCommand,
  DescribeSubnetsCommand,
  EC2Client,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { DeleteAccessPointCommand, EFSClient } from '@aws-sdk/client-efs'
import { DeleteFileSystemCommand, FSxClient } from '@aws-sdk/client-fsx'
import { DeletePolicyCommand, IAMClient } from '@aws-sdk/client-iam'
import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import type { Cloud } from '../core/cloud.ts'
import { deploymentOf } from '../core/orphans/find.ts'
import type { Orphan, OrphanKind } from '../core/orphans/report.ts'
import type { Site } from '../core/site.ts'
import { slotCidr } from '../core/slots.ts'
import { isNamed, sending } from './errors.ts'
import { config } from './find-orphans.ts'
import type { Tables } from './records.ts'

type Place = { site: Site; tables: Tables; client: DynamoDBDocumentClient; cloud: Cloud }
type Remove = (orphan: Orphan) => Promise<unknown>

// What each service calls a thing that is not there.
const gone = [
  'InvalidInstanceID.NotFound',
  'InvalidNetworkInterfaceID.NotFound',
  'InvalidVolume.NotFound',
  'InvalidGroup.NotFound',
  'InvalidSubnetID.NotFound',
  'FileSystemNotFound',
  'AccessPointNotFound',
  'NoSuchEntityException',
]
const takesTime: readonly OrphanKind[] = ['stack', 'instance', 'fileSystem']

/** Throws AWS's refusal, as where something still uses the thing. */
export function removeOrphan({ site, tables, client, cloud }: Place) {
  const ec2 = new EC2Client(config)
  const by: Record<Exclude<OrphanKind, 'parallelClusterStack'>, Remove> = {
    stack: ({ id }) => cloud.deleteStack(id),
    instance: ({ id }) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] })),
    fileSystem: ({ id }) => new FSxClient(config).send(new DeleteFileSystemCommand({ FileSystemId: id })),
    networkInterface: ({ id }) => ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id })),
    volume: ({ id }) => ec2.send(new DeleteVolumeCommand({ VolumeId: id })),
    accessPoint: ({ id }) => new EFSClient(config).send(new DeleteAccessPointCommand({ AccessPointId: id })),
    securityGroup: ({ id }) => ec2.send(new DeleteSecurityGroupCommand({ GroupId: id })),
    subnet: ({ id }) => ec2.send(new DeleteSubnetCommand({ SubnetId: id })),
    policy: ({ id }) => new IAMClient(config).send(new DeletePolicyCommand({ PolicyArn: id })),
    // The login goes first, then the secret that tells of it.
    databaseLogin: (orphan) =>
      site.accounting ? cloud.removeAccounting(deploymentOf(orphan)) : cloud.deleteSecret(orphan.id),
    keyPair: ({ id }) => cloud.deleteKeyPair(id),
    trustedKeys: (orphan) => cloud.deleteTrustedKeys(deploymentOf(orphan)),
    secret: ({ id }) => cloud.deleteSecret(id),
    async slot(orphan) {
      await refuseIfUsed(Number(orphan.id))
      await client.send(giveBack(orphan, tables))
    },
  }
  /** Whatever tags a subnet has: where there is one, no cluster can have the slot. */
  async function refuseIfUsed(slot: number): Promise<void> {
    const cidr = slotCidr(site.network, slot)
    const Filters = [
      { Name: 'vpc-id', Values: [site.network.vpcId] },
      { Name: 'cidr-block', Values: [cidr] },
    ]
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }))
    const used = Subnets.find(({ CidrBlock }) => CidrBlock === cidr)
    if (used) throw new Error(`The subnet ${used.SubnetId} is still there.`)
  }
  return async (orphan: Orphan): Promise<'deleted' | 'deleting'> => {
    if (orphan.kind === 'parallelClusterStack') throw new Error('It is deleted by hand.')
    try {
      await sending(by[orphan.kind](orphan))
    } catch (error) {
      if (!isNamed(error, ...gone)) throw error
    }
    return takesTime.includes(orphan.kind) ? 'deleting' : 'deleted'
  }
}

/** The slot of that deployment, if it has no record: told by the tables themselves, at the moment of the write. */
const giveBack = ({ id, cluster, deployment }: Orphan, { slots, clusters }: Tables) => {
  const ExpressionAttributeValues = { ':deployment': deployment }
  return new TransactWriteCommand({
    TransactItems: [
      {
        ConditionCheck: {
          TableName: clusters,
          Key: { name: cluster },
          ConditionExpression: 'attribute_not_exists(#name) OR deploymentId <> :deployment',
          ExpressionAttributeNames: { '#name': 'name' },
          ExpressionAttributeValues,
        },
      },
      {
        Delete: {
          TableName: slots,
          Key: { slot: Number(id) },
          ConditionExpression: 'deploymentId = :deployment',
          ExpressionAttributeValues,
        },
      },
    ],
  })
}
