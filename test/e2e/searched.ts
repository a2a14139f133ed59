// All that is kept of a cluster outside of Secrets Manager, as bytes to search: what the emulator stores, and the laptop's
// own folder.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  GetTemplateCommand,
  paginateDescribeStacks,
} from '@aws-sdk/client-cloudformation'
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDBClient, ListTablesCommand, paginateScan } from '@aws-sdk/client-dynamodb'
import { DescribeKeyPairsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda'
import { ListQueuesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { inject } from 'vitest'
import { asRoot } from './account.ts'
import { outputs } from './caller.ts'

export type Place = { where: string; bytes: Buffer }

const config = asRoot(outputs)
export const dynamo = new DynamoDBClient(config)
export const logs = new CloudWatchLogsClient(config)
const cloudFormation = new CloudFormationClient(config)
const sqs = new SQSClient(config)

const place = (where: string, what: unknown): Place => ({ where, bytes: Buffer.from(JSON.stringify(what)) })

/** One at a time: all together would be gigabytes. */
export async function* everywhere(): AsyncGenerator<Place> {
  for (const search of [inStacks, inTables, inLogs, inQueues, inFunctions]) yield* search()
  yield* inFiles(inject('stateDir'))
}

/** Parameters, outputs, tags, events and templates, of deleted stacks too. */
async function* inStacks(): AsyncGenerator<Place> {
  for await (const { Stacks = [] } of paginateDescribeStacks({ client: cloudFormation }, {}))
    for (const stack of Stacks) {
      const StackName = stack.StackId ?? ''
      yield place(`stack ${stack.StackName}`, stack)
      const events = await cloudFormation.send(new DescribeStackEventsCommand({ StackName }))
      yield place(`events of stack ${stack.StackName}`, events.StackEvents)
      for (const TemplateStage of ['Original', 'Processed'] as const) {
        const template = await cloudFormation.send(new GetTemplateCommand({ StackName, TemplateStage }))
        yield place(`template of stack ${stack.StackName}`, template.TemplateBody)
      }
    }
}

async function* inTables(): AsyncGenerator<Place> {
  const { TableNames = [] } = await dynamo.send(new ListTablesCommand({}))
  for (const TableName of TableNames)
    for await (const { Items } of paginateScan({ client: dynamo }, { TableName }))
      yield place(`table ${TableName}`, Items)
}

async function* inLogs(): AsyncGenerator<Place> {
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ limit: 50 }))
  for (const { logGroupName = '' } of logGroups) {
    const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName }))
    for (const { logStreamName = '' } of logStreams)
      for (let nextToken: string | undefined; ; ) {
        const stream = { logGroupName, logStreamName, startFromHead: true }
        const page = await logs.send(new GetLogEventsCommand({ ...stream, nextToken }))
        yield place(`log group ${logGroupName}`, page.events)
        // The end is where the token stays as it is (CloudWatch Logs API, GetLogEvents), or nothing comes.
        if (!page.events?.length || page.nextForwardToken === nextToken) break
        nextToken = page.nextForwardToken
      }
  }
}

async function* inQueues(): AsyncGenerator<Place> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
  for (const QueueUrl of QueueUrls) {
    const peek = { QueueUrl, VisibilityTimeout: 0, MaxNumberOfMessages: 10 }
    const { Messages } = await sqs.send(new ReceiveMessageCommand(peek))
    yield place(`queue ${QueueUrl}`, Messages ?? [])
  }
}

/** The functions' environment, and the public halves that EC2 has. */
async function* inFunctions(): AsyncGenerator<Place> {
  for await (const { Functions } of paginateListFunctions({ client: new LambdaClient(config) }, {}))
    yield place('functions', Functions)
  const { KeyPairs } = await new EC2Client(config).send(
    new DescribeKeyPairsCommand({ IncludePublicKey: true }),
  )
  yield place('key pairs', KeyPairs)
}

const mostBytes = 512 * 1024 * 1024

/** Every file of the folder; sockets, pipes and links are none. */
function* inFiles(folder: string, below = ''): Generator<Place> {
  for (const entry of entriesOf(join(folder, below))) {
    const name = join(below, entry.name)
    if (entry.isDirectory()) yield* inFiles(folder, name)
    if (!entry.isFile()) continue
    const bytes = contentOf(join(folder, name))
    if (bytes) yield { where: `file ${name}`, bytes }
  }
}

/** Spools come and go; what is gone has nothing in it. */
function ifThere<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
const entriesOf = (folder: string) => ifThere(() => readdirSync(folder, { withFileTypes: true })) ?? []

function contentOf(file: string): Buffer | undefined {
  return ifThere(() => {
    if (statSync(file).size > mostBytes) throw new Error(`${file} is too large to be searched.`)
    return readFileSync(file)
  })
}
