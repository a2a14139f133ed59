// Deploys the CDK app's local environment to the emulator, as `cdk deploy` would to AWS.
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CreateAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { DeleteBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3'

export type Deployed = { apiUrl: string; accessKeyId: string; secretAccessKey: string }
export type Target = {
  root: string
  stateDir: string
  endpointUrl: string
  region: string
  context: Record<string, string>
  signal: AbortSignal
}

const account = '000000000000'
// As bin/app.ts names them.
const caller = 'workflow-service'
const stack = (part: string) => `hpc-provisioner-local-${part}`

export async function deploy(target: Target): Promise<Deployed> {
  const { stateDir, region } = target
  const assembly = join(stateDir, 'cdk.out')
  const outputs = join(stateDir, 'stack-outputs.json')
  rmSync(outputs, { force: true })
  const context = Object.entries(target.context).flatMap(([key, value]) => ['-c', `${key}=${value}`])
  await Promise.all([
    cdk(target, 'synth', ['--quiet', '--output', assembly, '-c', 'environment=local', ...context]),
    cdk(target, 'bootstrap', [`aws://${account}/${region}`, '--app', '']),
  ])
  // It denies whatever is not TLS, which the emulator does not speak.
  await s3(target).send(
    new DeleteBucketPolicyCommand({ Bucket: `cdk-hnb659fds-assets-${account}-${region}` }),
  )
  const quick = ['--method', 'direct', '--require-approval', 'never', '--concurrency', '4']
  await cdk(target, 'deploy', ['--all', '--app', assembly, '--outputs-file', outputs, ...quick])
  const { ApiId, ApiStage, KeysFunction } = JSON.parse(readFileSync(outputs, 'utf8'))[stack('service')]
  await fetchKeys(target, KeysFunction)
  // Names below localhost do not resolve everywhere; the emulator serves an API by this path too.
  return {
    apiUrl: `${target.endpointUrl}/restapis/${ApiId}/${ApiStage}/_user_request_`,
    ...(await callerKey(target)),
  }
}

const asRoot = { accessKeyId: 'test', secretAccessKey: 'test' }

const s3 = ({ endpointUrl, region }: Target) =>
  new S3Client({ endpoint: endpointUrl, region, forcePathStyle: true, credentials: asRoot })

/** The schedule would do it within five minutes; the first cluster comes sooner. */
async function fetchKeys({ endpointUrl, region }: Target, FunctionName: string): Promise<void> {
  const lambda = new LambdaClient({ endpoint: endpointUrl, region, credentials: asRoot })
  const { FunctionError, Payload } = await lambda.send(new InvokeCommand({ FunctionName }))
  if (FunctionError)
    throw new Error(`The keys of the local issuer could not be fetched: ${Payload?.transformToString()}`)
}

async function callerKey({
  endpointUrl,
  region,
}: Target): Promise<Pick<Deployed, 'accessKeyId' | 'secretAccessKey'>> {
  const iam = new IAMClient({ endpoint: endpointUrl, region, credentials: asRoot })
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: caller }))
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
}

function cdk(
  { root, stateDir, endpointUrl, region, signal }: Target,
  verb: string,
  args: string[],
): Promise<void> {
  const logFile = join(stateDir, 'log', `cdk-${verb}.log`)
  const log = openSync(logFile, 'w')
  const flags = ['--no-version-reporting', '--no-notices', '--ci', '--no-color']
  const child = spawn(join(root, 'node_modules', '.bin', 'cdk'), [verb, ...args, ...flags], {
    cwd: root,
    stdio: ['ignore', log, log],
    signal,
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: endpointUrl,
      AWS_ENDPOINT_URL_S3: endpointUrl,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CDK_VALIDATION: 'false',
    },
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => {
      closeSync(log)
      if (code === 0) return resolve()
      const said = readFileSync(logFile, 'utf8').trim().split('\n').slice(-5).join('\n')
      reject(new Error(`cdk ${verb} failed; ${logFile} has all of it. It ends with:\n${said}`))
    })
  })
}
