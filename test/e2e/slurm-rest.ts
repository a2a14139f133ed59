// Slurm's REST API as the Workflow Service uses it, and the issuer of its tokens with all that can go wrong with one.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { inject } from 'vitest'
import { outputs } from './caller.ts'

const { endpointUrl, region, identity } = outputs
const config = {
  endpoint: endpointUrl,
  region,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
}
const lambda = new LambdaClient(config)
const s3 = new S3Client({ ...config, forcePathStyle: true })

const ofClient = { client_id: identity.clientId, client_secret: identity.clientSecret }

export async function aToken(wish: { user?: string; lifespan?: string } = {}): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...ofClient, ...wish })
  const answer = await fetch(identity.tokenUrl, { method: 'POST', body })
  return ((await answer.json()) as { access_token: string }).access_token
}

export const publishedKeys = async (): Promise<{ kid: string; alg: string; n: string; e: string }[]> => {
  const discovery = identity.tokenUrl.replace(
    '/protocol/openid-connect/token',
    '/.well-known/openid-configuration',
  )
  const { jwks_uri } = (await (await fetch(discovery)).json()) as { jwks_uri: string }
  return (
    (await (await fetch(jwks_uri)).json()) as { keys: { kid: string; alg: string; n: string; e: string }[] }
  ).keys
}

export const rotateKeys = async (): Promise<void> => {
  await fetch(identity.rotateUrl, { method: 'POST', body: new URLSearchParams(ofClient) })
}

const keysFunction = (): string => {
  const stacks = JSON.parse(readFileSync(join(inject('stateDir'), 'stack-outputs.json'), 'utf8'))
  return stacks['hpc-provisioner-local-service'].KeysFunction
}
const environment = async (): Promise<Record<string, string>> => {
  const { Environment } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: keysFunction() }),
  )
  return Environment?.Variables ?? {}
}

/** Runs the function as its schedule does. Undefined where it succeeded, else what it failed with. */
export async function refreshKeys(): Promise<string | undefined> {
  const { FunctionError, Payload } = await lambda.send(new InvokeCommand({ FunctionName: keysFunction() }))
  return FunctionError && Payload?.transformToString()
}

/** Runs it as if the identity provider published its keys at that address. */
export async function refreshKeysFrom(url: string): Promise<string | undefined> {
  const FunctionName = keysFunction()
  const Variables = await environment()
  const update = (variables: Record<string, string>) =>
    lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables: variables } }),
    )
  await update({ ...Variables, JWKS_URL: url })
  try {
    return await refreshKeys()
  } finally {
    await update(Variables)
  }
}

const keyObject = async () => {
  const { JWKS_BUCKET: Bucket, JWKS_KEY: Key } = await environment()
  return { Bucket, Key }
}
export const storedKeys = async (): Promise<{ text: string; changedAt: Date | undefined }> => {
  const { Body, LastModified } = await s3.send(new GetObjectCommand(await keyObject()))
  return { text: (await Body?.transformToString()) ?? '', changedAt: LastModified }
}
/** As a principal that is not the function. */
export const storeKeys = async (
  Body: string,
  credentials: { accessKeyId: string; secretAccessKey: string },
): Promise<unknown> =>
  new S3Client({ ...config, credentials, forcePathStyle: true }).send(
    new PutObjectCommand({ ...(await keyObject()), Body }),
  )

export type RestAnswer = { status: number; body: Record<string, unknown> }

/** One request to slurmrestd; 0 where nobody answered. */
export async function slurm(
  url: string,
  path: string,
  { token, user = 'sim', ...request }: { token?: string; user?: string; method?: string; body?: object },
): Promise<RestAnswer> {
  const headers = {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { 'X-SLURM-USER-NAME': user, 'X-SLURM-USER-TOKEN': token }),
  }
  const { method = 'GET', body } = request
  // The accounting's half of the API has a prefix of its own.
  const place = path.startsWith('slurmdb/') ? path.replace('/', '/v0.0.38/') : `slurm/v0.0.38/${path}`
  return fetch(`${url}/${place}`, {
    method,
    headers,
    signal: AbortSignal.timeout(30_000),
    ...(body ? { body: JSON.stringify(body) } : {}),
  }).then(
    async (answer) => ({ status: answer.status, body: jsonOf(await answer.text()) }),
    () => ({ status: 0, body: {} }),
  )
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

export const aJob = (script: string): object => ({
  script: `#!/bin/bash\n${script}\n`,
  job: { name: 'rest', current_working_directory: '/tmp', environment: { PATH: '/usr/bin:/bin' } },
})

/** Submits a job of this script and answers its id. */
export async function submit(url: string, token: string, script: string): Promise<number> {
  const { status, body } = await slurm(url, 'job/submit', { token, method: 'POST', body: aJob(script) })
  if (status !== 200) throw new Error(`The submit was answered ${status}: ${JSON.stringify(body)}`)
  return body.job_id as number
}

export async function jobState(url: string, token: string, id: number): Promise<string | undefined> {
  const { body } = await slurm(url, `job/${id}`, { token })
  return (body.jobs as { job_state: string }[] | undefined)?.[0]?.job_state
}
