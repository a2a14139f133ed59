// Things of deployments that no cluster has, and look-alikes, made in the emulated account as its root.
import * as cfn from '@aws-sdk/client-cloudformation'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import * as ec2 from '@aws-sdk/client-ec2'
import * as iam from '@aws-sdk/client-iam'
import * as s3 from '@aws-sdk/client-s3'
import * as secretsManager from '@aws-sdk/client-secrets-manager'
import { DeleteCommand, DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { ulid } from 'ulid'
import {
  clusterName,
  type Deployment,
  databaseSecretName,
  ownerTags,
  secretName,
  stackName,
  type Tenant,
} from '../../core/names.ts'
import { trustedKeysObject } from '../../core/rotation.ts'
import { aCluster } from '../core/samples.ts'
import { asRoot } from './account.ts'
import { outputs } from './caller.ts'

const config = asRoot(outputs)
const network = new ec2.EC2Client(config)
const policies = new iam.IAMClient(config)
const secrets = new secretsManager.SecretsManagerClient(config)
const objects = new s3.S3Client({ ...config, forcePathStyle: true })
const formation = new cfn.CloudFormationClient(config)
const tables = DynamoDBDocumentClient.from(new DynamoDBClient(config))

export type Past = Tenant & Deployment

/** A deployment that was asked for so many hours ago. */
export function deploymentOf(project: string, hoursAgo: number): Past {
  const tenant = { virtualLab: 'orphan-lab', project }
  const id = ulid(Date.now() - hoursAgo * 3_600_000).toLowerCase()
  return { ...tenant, name: clusterName(tenant), deploymentId: id }
}

type Tags = Record<string, string>
export const listOf = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))

async function tableOf(part: 'Clusters' | 'Slots' | 'Events'): Promise<string> {
  const { TableNames = [] } = await tables.send(new ListTablesCommand({}))
  const name = TableNames.find((one) => one.includes(`Tables${part}`))
  if (!name) throw new Error(`There is no table ${part} among ${TableNames.join(', ')}.`)
  return name
}

/** What the service's history tells of a deployment, from its first record on. */
export async function remember({ name, ...of }: Past): Promise<void> {
  const Item = {
    ...of,
    cluster: name,
    id: ulid(),
    at: new Date().toISOString(),
    type: 'Wish',
    message: 'Somebody asked.',
  }
  await tables.send(new PutCommand({ TableName: await tableOf('Events'), Item }))
}

/** A cluster that stays as it is: no look at it is due. Gives its removal. */
export async function recordOf({ virtualLab, project, name, deploymentId }: Past) {
  const { dueAt: _, ...settled } = aCluster({ virtualLab, project, name, deploymentId })
  const TableName = await tableOf('Clusters')
  await tables.send(new PutCommand({ TableName, Item: { ...settled, wireStatus: settled.status } }))
  return () => tables.send(new DeleteCommand({ TableName, Key: { name } }))
}

export async function aSlot(slot: number, { name, deploymentId }: Past): Promise<void> {
  const Item = { slot, cluster: name, deploymentId }
  await tables.send(new PutCommand({ TableName: await tableOf('Slots'), Item }))
}

/** What a rotation would have written; only the bucket of such texts is called so. */
async function putTrustedKeys(of: Past): Promise<void> {
  const { Buckets = [] } = await objects.send(new s3.ListBucketsCommand({}))
  const Bucket = Buckets.find(({ Name = '' }) => Name.includes('nodekeys'))?.Name
  await objects.send(new s3.PutObjectCommand({ Bucket, Key: trustedKeysObject(of), Body: 'state left\n' }))
}

export async function aSecret(Name: string, tags: Tags): Promise<string> {
  await secrets.send(new secretsManager.CreateSecretCommand({ Name, SecretString: 'x', Tags: listOf(tags) }))
  return Name
}

const vpc = async (): Promise<string> => {
  const Filters = [{ Name: 'tag:Name', Values: ['*/clusters'] }]
  const { RouteTables } = await network.send(new ec2.DescribeRouteTablesCommand({ Filters }))
  return RouteTables?.[0]?.VpcId ?? ''
}

export async function aSubnet(cidr: string, tags: Tags): Promise<string> {
  const { Subnet } = await network.send(
    new ec2.CreateSubnetCommand({
      VpcId: await vpc(),
      CidrBlock: cidr,
      TagSpecifications: [{ ResourceType: 'subnet', Tags: listOf(tags) }],
    }),
  )
  return Subnet?.SubnetId ?? ''
}

/** One of each kind that the sweeper looks for here. The ids, as a report names them. */
export async function oneOfEach(of: Past, cidr: string, slot: number): Promise<Record<string, string>> {
  const tags = ownerTags(of)
  const Tags = listOf(tags)
  const group = await network.send(
    new ec2.CreateSecurityGroupCommand({
      VpcId: await vpc(),
      GroupName: stackName(of),
      Description: 'left behind',
      TagSpecifications: [{ ResourceType: 'security-group', Tags }],
    }),
  )
  const volume = await network.send(
    new ec2.CreateVolumeCommand({
      AvailabilityZone: 'us-east-1a',
      Size: 1,
      TagSpecifications: [{ ResourceType: 'volume', Tags }],
    }),
  )
  const policy = await policies.send(
    new iam.CreatePolicyCommand({
      PolicyName: stackName(of),
      Path: '/parallelcluster/',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }],
      }),
      Tags,
    }),
  )
  await formation.send(
    new cfn.CreateStackCommand({
      StackName: stackName(of),
      TemplateBody: JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } }),
      Tags,
    }),
  )
  await aSlot(slot, of)
  await putTrustedKeys(of)
  return {
    stack: stackName(of),
    volume: volume.VolumeId ?? '',
    securityGroup: group.GroupId ?? '',
    subnet: await aSubnet(cidr, tags),
    policy: policy.Policy?.Arn ?? '',
    databaseLogin: await aSecret(databaseSecretName(of), tags),
    trustedKeys: trustedKeysObject(of),
    secret: await aSecret(secretName(of, 'admin'), tags),
    slot: String(slot),
  }
}

/** What is still there of a look-alike. */
export const secretIsThere = (SecretId: string): Promise<boolean> =>
  secrets.send(new secretsManager.DescribeSecretCommand({ SecretId })).then(
    () => true,
    () => false,
  )
export const subnetIsThere = (id: string): Promise<boolean> =>
  network.send(new ec2.DescribeSubnetsCommand({ SubnetIds: [id] })).then(
    ({ Subnets = [] }) => Subnets.length > 0,
    () => false,
  )

export async function removeLookAlikes(all: { secrets: string[]; subnets: string[] }) {
  for (const SecretId of all.secrets)
    await secrets.send(new secretsManager.DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }))
  for (const SubnetId of all.subnets) await network.send(new ec2.DeleteSubnetCommand({ SubnetId }))
}
