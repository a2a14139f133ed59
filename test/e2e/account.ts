// What is in the emulated account and on this machine, counted from outside the product.
import { CloudFormationClient, paginateDescribeStacks } from '@aws-sdk/client-cloudformation'
import { DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { DescribeKeyPairsCommand, DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { DescribeAccessPointsCommand, EFSClient } from '@aws-sdk/client-efs'
import { paginateListSecrets, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { Outputs } from '../../local/demo.ts'
import { daemonsOf } from './daemons.ts'

export type Holdings = {
  stacks: string[]
  secrets: string[]
  keyPairs: string[]
  subnets: string[]
  accessPoints: number
  slots: number
  records: number
  daemons: number
}

export const asRoot = ({ endpointUrl, region }: Outputs) => ({
  endpoint: endpointUrl,
  region,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
})

/** All that clusters hold: nothing of it may be left when they are gone. */
export async function holdings(outputs: Outputs, stateDir?: string): Promise<Holdings> {
  const config = asRoot(outputs)
  const ec2 = new EC2Client(config)
  const { KeyPairs = [] } = await ec2.send(new DescribeKeyPairsCommand({}))
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}))
  const { AccessPoints = [] } = await new EFSClient(config).send(new DescribeAccessPointsCommand({}))
  return {
    stacks: await stacks(outputs),
    secrets: await secrets(outputs),
    keyPairs: KeyPairs.map(({ KeyName = '' }) => KeyName),
    // The clusters' half of the range; the other is the service's own.
    subnets: Subnets.map(({ CidrBlock = '' }) => CidrBlock).filter(
      (cidr) => Number(cidr.split('.')[2]) >= 128,
    ),
    accessPoints: AccessPoints.length,
    slots: await items(outputs, 'Slots'),
    records: await items(outputs, 'Clusters'),
    daemons: daemonsOf(stateDir ?? (await ownStateDir())).length,
  }
}

async function stacks(outputs: Outputs): Promise<string[]> {
  const names: string[] = []
  for await (const { Stacks = [] } of paginateDescribeStacks(
    { client: new CloudFormationClient(asRoot(outputs)) },
    {},
  ))
    names.push(
      ...Stacks.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE').map(
        ({ StackName = '' }) => StackName,
      ),
    )
  return names.filter((name) => name.startsWith('hpc-') && !name.startsWith('hpc-provisioner-local-'))
}

async function secrets(outputs: Outputs): Promise<string[]> {
  const names: string[] = []
  for await (const { SecretList = [] } of paginateListSecrets(
    { client: new SecretsManagerClient(asRoot(outputs)) },
    {},
  ))
    names.push(...SecretList.map(({ Name = '' }) => Name))
  return names.filter((name) => name.startsWith('hpc-provisioner/'))
}

/** What a refused wish must not add to, beside all that clusters hold: histories, and messages to the reconciler. */
export async function traces(outputs: Outputs): Promise<{ events: number; messages: number }> {
  const client = new SQSClient(asRoot(outputs))
  const { QueueUrls = [] } = await client.send(new ListQueuesCommand({}))
  let messages = 0
  for (const QueueUrl of QueueUrls) {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    )
    for (const [name, value] of Object.entries(Attributes))
      if (name.startsWith('ApproximateNumberOfMessages')) messages += Number(value)
  }
  return { events: await items(outputs, 'Events'), messages }
}

async function items(outputs: Outputs, table: string): Promise<number> {
  const client = new DynamoDBClient(asRoot(outputs))
  const { TableNames = [] } = await client.send(new ListTablesCommand({}))
  const TableName = TableNames.find((name) => name.includes(`Tables${table}`))
  if (!TableName) throw new Error(`There is no table ${table} among ${TableNames.join(', ')}.`)
  const { Count = 0 } = await client.send(
    new ScanCommand({ TableName, Select: 'COUNT', ConsistentRead: true }),
  )
  return Count
}

// A program that is no test counts too, and vitest can be loaded by its tests only.
const ownStateDir = async (): Promise<string> => (await import('vitest')).inject('stateDir')
