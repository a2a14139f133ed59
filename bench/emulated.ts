// What the bench arranges in the emulator around the deployed app.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda'
import { BatchWriteCommand, DynamoDBDocumentClient, GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import type { Outputs } from '../local/demo.ts'

const root = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }
const config = ({ endpointUrl, region }: Outputs) => ({
  endpoint: endpointUrl,
  region,
  credentials: { accessKeyId: root.AWS_ACCESS_KEY_ID, secretAccessKey: root.AWS_SECRET_ACCESS_KEY },
})
const lambda = (outputs: Outputs) => new LambdaClient(config(outputs))
const documents = (outputs: Outputs) => DynamoDBDocumentClient.from(new DynamoDBClient(config(outputs)))

/** Requests are measured alone: nothing is built in the background meanwhile. */
export async function pauseReconciler(outputs: Outputs): Promise<void> {
  const client = lambda(outputs)
  const { EventSourceMappings = [] } = await client.send(new ListEventSourceMappingsCommand({}))
  for (const { UUID } of EventSourceMappings)
    await client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }))
}

/** The environment that the function whose name contains `part` runs with, for a process of our own. */
export async function functionEnvironment(outputs: Outputs, part: string): Promise<Record<string, string>> {
  const client = lambda(outputs)
  const FunctionName = await functionName(client, part)
  const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }))
  return {
    ...Environment?.Variables,
    ...root,
    AWS_REGION: outputs.region,
    AWS_ENDPOINT_URL: outputs.endpointUrl,
  }
}

async function functionName(client: LambdaClient, part: string): Promise<string> {
  const { Functions = [] } = await client.send(new ListFunctionsCommand({}))
  const name = Functions.find((one) => one.FunctionName?.includes(part))?.FunctionName
  if (!name) throw new Error(`No function has ${part} in its name.`)
  return name
}

/** Calls the function as a schedule does, and waits for its end. */
export async function invoker(outputs: Outputs, part: string): Promise<() => Promise<void>> {
  const client = lambda(outputs)
  const FunctionName = await functionName(client, part)
  return async () => {
    const { FunctionError, Payload } = await client.send(new InvokeCommand({ FunctionName, Payload: '{}' }))
    if (FunctionError) throw new Error(`${part}: ${Buffer.from(Payload ?? []).toString()}`)
  }
}

/** Settled records, made of a known one: so many that there are `to` of them, where there are `from`. */
export async function addRecords(outputs: Outputs, known: string, from: number, to: number): Promise<void> {
  const client = documents(outputs)
  const { CLUSTERS_TABLE = '' } = await functionEnvironment(outputs, 'FunctionsApi')
  const { Item } = await client.send(new GetCommand({ TableName: CLUSTERS_TABLE, Key: { name: known } }))
  const later = new Date(Date.now() + 86_400_000).toISOString()
  const puts = Array.from({ length: to - from }, (_, i) => ({
    PutRequest: {
      Item: { ...Item, name: `hpc-settled-${from + i}`, virtualLab: 'settled', due: 'due', dueAt: later },
    },
  }))
  await write(client, CLUSTERS_TABLE, puts)
}

/** Gives back every slot, whoever has it. */
export async function freeSlots(outputs: Outputs): Promise<void> {
  const client = documents(outputs)
  const { SLOTS_TABLE = '' } = await functionEnvironment(outputs, 'FunctionsApi')
  const { Items = [] } = await client.send(new ScanCommand({ TableName: SLOTS_TABLE }))
  const deletions = Items.map(({ slot }) => ({ DeleteRequest: { Key: { slot } } }))
  await write(client, SLOTS_TABLE, deletions)
}

async function write(client: DynamoDBDocumentClient, table: string, requests: object[]): Promise<void> {
  // DynamoDB takes 25 at once.
  for (let i = 0; i < requests.length; i += 25)
    await client.send(new BatchWriteCommand({ RequestItems: { [table]: requests.slice(i, i + 25) } }))
}

export async function deployFloors(folder: string, stateDir: string, { endpointUrl, region }: Outputs) {
  const outputsFile = join(stateDir, 'floors.json')
  const args = [
    'deploy',
    '--all',
    '--app',
    'node bench/floors-app.ts',
    '--output',
    join(stateDir, 'floors.out'),
  ]
  const quick = [
    '--outputs-file',
    outputsFile,
    '--require-approval',
    'never',
    '--method',
    'direct',
    '--ci',
    '--no-notices',
  ]
  const child = spawn('cdk', [...args, ...quick], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      ...root,
      AWS_REGION: region,
      AWS_ENDPOINT_URL: endpointUrl,
      AWS_ENDPOINT_URL_S3: endpointUrl,
      CDK_VALIDATION: 'false',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    },
  })
  const code = await new Promise((resolve) => child.on('exit', resolve))
  if (code !== 0) throw new Error('The floors could not be deployed.')
  const { ApiId, TableName } = JSON.parse(readFileSync(outputsFile, 'utf8'))['hpc-provisioner-bench-floors']
  return { apiUrl: `${endpointUrl}/restapis/${ApiId}/floors/_user_request_`, tableName: TableName as string }
}
