// All that is kept of a cluster outside of Secrets Manager, as bytes to search: what the emulator stores, and the laptop's
// own folder.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  GetTemplateCommand,
  paginateDescribeStacks,
} from '@aws-sdk/client-cloudformation'
import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
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

export async function everywhere(): Promise<Place[]> {
  const kept = [inStacks, inTables, inLogs, inQueues, inFunctions].map((search) => search())
  return [...(await Promise.all(kept)).flat(), ...inFiles(inject('stateDir'))]
}

/** Parameters, outputs, tags, events and templates, of deleted stacks too. */
async function inStacks(): Promise<Place[]> {
  const found: Place[] = []
  for await (const { Stacks = [] } of paginateDescribeStacks({ client: cloudFormation }, {}))
    for (const stack of Stacks) {
      const StackName = stack.StackId ?? ''
      found.push(place(`stack ${stack.StackName}`, stack))
      const events = await cloudFormation.send(new DescribeStackEventsCommand({ StackName }))
      found.push(place(`events of stack ${stack.StackName}`, events.StackEvents))
      for (const TemplateStage of ['Original', 'Processed'] as const) {
        const template = await cloudFormation.send(new GetTemplateCommand({ StackName, TemplateStage }))
        found.push(place(`template of stack ${stack.StackName}`, template.TemplateBody))
      }
    }
  return found
}

async function inTables(): Promise<Place[]> {
  const found: Place[] = []
  const { TableNames = [] } = await dynamo.send(new ListTablesCommand({}))
  for (const TableName of TableNames)
    for await (const { Items } of paginateScan({ client: dynamo }, { TableName }))
      found.push(place(`table ${TableName}`, Items))
  return found
}

async function inLogs(): Promise<Place[]> {
  const found: Place[] = []
  for await (const { logGroups = [] } of paginateDescribeLogGroups(
    { client: logs, stopOnSameToken: true },
    {},
  ))
    for (const { logGroupName = '' } of logGroups)
      for await (const { events } of paginateFilterLogEvents(
        { client: logs, stopOnSameToken: true },
        { logGroupName },
      ))
        found.push(place(`log group ${logGroupName}`, events))
  return found
}

async function inQueues(): Promise<Place[]> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
  return Promise.all(
    QueueUrls.map(async (QueueUrl) => {
      const peek = { QueueUrl, VisibilityTimeout: 0, MaxNumberOfMessages: 10 }
      const { Messages } = await sqs.send(new ReceiveMessageCommand(peek))
      return place(`queue ${QueueUrl}`, Messages ?? [])
    }),
  )
}

/** The functions' environment, and the public halves that EC2 has. */
async function inFunctions(): Promise<Place[]> {
  const found: Place[] = []
  for await (const { Functions } of paginateListFunctions({ client: new LambdaClient(config) }, {}))
    found.push(place('functions', Functions))
  const { KeyPairs } = await new EC2Client(config).send(
    new DescribeKeyPairsCommand({ IncludePublicKey: true }),
  )
  return [...found, place('key pairs', KeyPairs)]
}

/** Every file of the folder; sockets, pipes and links are none. */
export function inFiles(folder: string): Place[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const file = join(entry.parentPath, entry.name)
      const bytes = contentOf(file)
      return bytes ? [{ where: `file ${relative(folder, file)}`, bytes }] : []
    })
}

function contentOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    // It went in between, as spools do.
    return undefined
  }
}
