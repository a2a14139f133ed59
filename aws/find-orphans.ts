// What the account holds that carries our tags, service by service. The Resource Groups Tagging API would be one call, but tells
// of neither IAM policies nor our own table, and goes on telling of things that are gone.
import { CloudFormationClient, paginateDescribeStacks } from '@aws-sdk/client-cloudformation'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  DescribeKeyPairsCommand,
  EC2Client,
  paginateDescribeInstances,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroups,
  paginateDescribeSubnets,
  paginateDescribeVolumes,
} from '@aws-sdk/client-ec2'
import { EFSClient, paginateDescribeAccessPoints } from '@aws-sdk/client-efs'
import { FSxClient, paginateDescribeFileSystems } from '@aws-sdk/client-fsx'
import { IAMClient, paginateListPolicies, paginateListPolicyTags } from '@aws-sdk/client-iam'
import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3'
import { paginateListSecrets, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { paginateScan } from '@aws-sdk/lib-dynamodb'
import { type Found, policyPath } from '../core/orphans/owner.ts'
import type { OrphanKind } from '../core/orphans/report.ts'
import type { Site } from '../core/site.ts'
import { sending } from './errors.ts'

export const config = { maxAttempts: 3, requestHandler: { connectionTimeout: 2000, requestTimeout: 8000 } }

const tagKey = 'hpc-provisioner:deployment'
const tagged = { Name: 'tag-key', Values: [tagKey] }
type Tags = { Key?: string | undefined; Value?: string | undefined }[] | undefined
const tagsOf = (tags: Tags): Record<string, string> =>
  Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]))

type Place = { site: Site; slotsTable: string; client: DynamoDBClient }

/** Throws what AWS answers, in our words where asking again may help. What is on its way out is left out. */
export function findOrphans({ site, slotsTable, client }: Place): Record<OrphanKind, () => Promise<Found[]>> {
  const ec2 = new EC2Client(config)
  const formation = new CloudFormationClient(config)
  const secretsManager = new SecretsManagerClient(config)
  const inVpc = { Filters: [{ Name: 'vpc-id', Values: [site.network.vpcId] }, tagged] }
  // Whatever is attached goes with what it is attached to.
  const idle = { Name: 'status', Values: ['available'] }

  const stacks = (kind: OrphanKind) =>
    all(paginateDescribeStacks({ client: formation }, {}), ({ Stacks = [] }) =>
      Stacks.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE').map(
        ({ StackName: id = '', Tags }) => ({ kind, id, tags: tagsOf(Tags) }),
      ),
    )
  const secrets = (kind: OrphanKind) =>
    all(
      paginateListSecrets({ client: secretsManager }, { Filters: [{ Key: 'tag-key', Values: [tagKey] }] }),
      ({ SecretList = [] }) =>
        SecretList.filter(({ DeletedDate }) => !DeletedDate).map(({ Name: id = '', Tags }) => ({
          kind,
          id,
          tags: tagsOf(Tags),
        })),
    )

  return {
    // Names tell the two kinds apart, see core/orphans/owner.ts.
    stack: () => stacks('stack'),
    parallelClusterStack: () => stacks('parallelClusterStack'),

    instance: () =>
      all(
        paginateDescribeInstances(
          { client: ec2 },
          {
            Filters: [
              ...inVpc.Filters,
              { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
            ],
          },
        ),
        ({ Reservations = [] }) =>
          Reservations.flatMap(({ Instances = [] }) => Instances).map(({ InstanceId: id = '', Tags }) => ({
            kind: 'instance',
            id,
            tags: tagsOf(Tags),
          })),
      ),

    fileSystem: () =>
      all(paginateDescribeFileSystems({ client: new FSxClient(config) }, {}), ({ FileSystems = [] }) =>
        FileSystems.filter(({ Lifecycle }) => Lifecycle !== 'DELETING').map(
          ({ FileSystemId: id = '', Tags }) => ({ kind: 'fileSystem', id, tags: tagsOf(Tags) }),
        ),
      ),

    networkInterface: () =>
      all(
        paginateDescribeNetworkInterfaces({ client: ec2 }, { Filters: [...inVpc.Filters, idle] }),
        ({ NetworkInterfaces = [] }) =>
          NetworkInterfaces.map(({ NetworkInterfaceId: id = '', TagSet }) => ({
            kind: 'networkInterface',
            id,
            tags: tagsOf(TagSet),
          })),
      ),

    volume: () =>
      all(paginateDescribeVolumes({ client: ec2 }, { Filters: [tagged, idle] }), ({ Volumes = [] }) =>
        Volumes.map(({ VolumeId: id = '', Tags }) => ({ kind: 'volume', id, tags: tagsOf(Tags) })),
      ),

    accessPoint: () =>
      all(
        paginateDescribeAccessPoints(
          { client: new EFSClient(config) },
          { FileSystemId: site.storage.fileSystemId },
        ),
        ({ AccessPoints = [] }) =>
          AccessPoints.filter(({ LifeCycleState }) => LifeCycleState !== 'deleting').map(
            ({ AccessPointId: id = '', Tags }) => ({ kind: 'accessPoint', id, tags: tagsOf(Tags) }),
          ),
      ),

    securityGroup: () =>
      all(paginateDescribeSecurityGroups({ client: ec2 }, inVpc), ({ SecurityGroups = [] }) =>
        SecurityGroups.map(({ GroupId: id = '', Tags }) => ({
          kind: 'securityGroup',
          id,
          tags: tagsOf(Tags),
        })),
      ),

    subnet: () =>
      all(paginateDescribeSubnets({ client: ec2 }, inVpc), ({ Subnets = [] }) =>
        Subnets.map(({ SubnetId: id = '', Tags }) => ({ kind: 'subnet', id, tags: tagsOf(Tags) })),
      ),

    policy: () => policies(new IAMClient(config)),

    databaseLogin: () => secrets('databaseLogin'),
    secret: () => secrets('secret'),

    async keyPair() {
      const { KeyPairs = [] } = await sending(ec2.send(new DescribeKeyPairsCommand({ Filters: [tagged] })))
      return KeyPairs.map(({ KeyName: id = '', Tags }) => ({ kind: 'keyPair', id, tags: tagsOf(Tags) }))
    },

    trustedKeys: () =>
      all(
        paginateListObjectsV2(
          { client: new S3Client(config) },
          { Bucket: site.nodeKeys.bucket, Prefix: 'hpc-' },
        ),
        ({ Contents = [] }) =>
          Contents.map(({ Key: id = '' }) => {
            const [name = '', deploymentId = ''] = id.split('/')
            return { kind: 'trustedKeys', id, tags: {}, row: { name, deploymentId } }
          }),
      ),

    slot: () =>
      all(paginateScan({ client }, { TableName: slotsTable }), ({ Items = [] }) =>
        Items.map(({ slot, cluster, deploymentId }) => ({
          kind: 'slot',
          id: String(slot),
          tags: {},
          row: { name: String(cluster), deploymentId: String(deploymentId) },
        })),
      ),
  }
}

/** Every page, as what it holds. */
async function all<Page>(pages: AsyncIterable<Page>, found: (page: Page) => Found[]): Promise<Found[]> {
  const everything: Found[] = []
  await sending(
    (async () => {
      for await (const page of pages) everything.push(...found(page))
    })(),
  )
  return everything
}

/** A list of policies says nothing of tags: those of our names are asked for theirs. */
async function policies(client: IAMClient): Promise<Found[]> {
  const ours = await all(
    paginateListPolicies({ client }, { Scope: 'Local', PathPrefix: policyPath }),
    ({ Policies = [] }) =>
      Policies.filter(({ PolicyName = '' }) => PolicyName.startsWith('hpc-')).map(({ Arn: id = '' }) => ({
        kind: 'policy',
        id,
        tags: {},
      })),
  )
  return Promise.all(
    ours.map(async (policy) => {
      const tags: Tags = []
      for await (const page of paginateListPolicyTags({ client }, { PolicyArn: policy.id }))
        tags.push(...(page.Tags ?? []))
      return { ...policy, tags: tagsOf(tags) }
    }),
  )
}
