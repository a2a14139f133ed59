// What is in the emulated account and on this machine, counted from outside the product.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { CloudFormationClient, paginateDescribeStacks } from '@aws-sdk/client-cloudformation'
import { DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { DescribeKeyPairsCommand, DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { DescribeAccessPointsCommand, EFSClient } from '@aws-sdk/client-efs'
import { paginateListSecrets, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { inject } from 'vitest'
import type { Outputs } from '../../local/demo.ts'

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
export async function holdings(outputs: Outputs): Promise<Holdings> {
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
    daemons: slurmDaemons(),
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

const daemonNames = new Set([
  ...['slurmctld', 'slurmdbd', 'slurmd', 'slurmstepd', 'slurmrestd'],
  ...['munged', 'sshd'],
])

/** The Slurm and SSH daemons of this laptop's clusters, in whatever namespace; other laptops may run beside it. */
function slurmDaemons(): number {
  const stateDir = inject('stateDir')
  const args = ['--noheadings', '--target', stateDir, '--output', 'FSROOT,TARGET']
  const [fsRoot = '', target = ''] = execFileSync('findmnt', args, { encoding: 'utf8' }).trim().split(/\s+/)
  const inMounts = join(fsRoot, relative(target, stateDir))
  const isOurs = (pid: string) =>
    daemonNames.has(processFile(pid, 'comm').trim()) &&
    // As root the root file system tells; an ordinary user's daemons are told their folder.
    (processFile(pid, 'mountinfo').includes(inMounts) || processFile(pid, 'cmdline').includes(stateDir))
  return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && isOurs(entry)).length
}

function processFile(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    // It ended in between.
    return ''
  }
}
