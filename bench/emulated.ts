// What the bench arranges in the emulator around the deployed app.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda'
import type { Outputs } from '../local/demo.ts'

const root = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }
const lambda = ({ endpointUrl, region }: Outputs) =>
  new LambdaClient({
    endpoint: endpointUrl,
    region,
    credentials: { accessKeyId: root.AWS_ACCESS_KEY_ID, secretAccessKey: root.AWS_SECRET_ACCESS_KEY },
  })

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
  const { Functions = [] } = await client.send(new ListFunctionsCommand({}))
  const FunctionName = Functions.find((one) => one.FunctionName?.includes(part))?.FunctionName
  const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }))
  return {
    ...Environment?.Variables,
    ...root,
    AWS_REGION: outputs.region,
    AWS_ENDPOINT_URL: outputs.endpointUrl,
  }
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
