// The Workflow Service as the tests play it: signed requests, the key from Secrets Manager, SSH.
import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { inject } from 'vitest'
import { apiClient } from '../../cli/client.ts'
import { signedFetch } from '../../cli/signed-fetch.ts'
import type { ClusterView } from '../../core/answers.ts'
import { isAppError } from '../../core/errors.ts'

export const outputs = inject('outputs')
export const hasHosts = inject('site') === 'slurm'

const { apiUrl, region, endpointUrl, accessKeyId, secretAccessKey } = outputs
const credentials = { accessKeyId, secretAccessKey }
export const client = apiClient({ apiUrl, region, credentials })
/** Signs a request and gives the raw answer. */
export const raw = signedFetch({ apiUrl, region, credentials })

export async function secretOf(arn: string): Promise<string> {
  const secrets = new SecretsManagerClient({ endpoint: endpointUrl, region, credentials })
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: arn }))
  return SecretString
}

const limitSeconds = 120

/** Looks at the cluster until `done`; `undefined` stands for 404. */
export async function until(
  name: string,
  done: (cluster: ClusterView | undefined) => boolean,
): Promise<ClusterView | undefined> {
  for (let half = 0; half < limitSeconds * 2; half++) {
    const cluster = await client.call('getCluster', { name }).catch((error) => {
      if (isAppError(error, 'ClusterNotFound')) return undefined
      throw error
    })
    if (done(cluster)) return cluster
    await sleep(500)
  }
  throw new Error(`${name} did not come to the wanted state within ${limitSeconds} seconds.`)
}

export const ready = async (name: string): Promise<ClusterView> => {
  const cluster = await until(
    name,
    (seen) => seen?.status === 'CREATE_COMPLETE' || seen?.status === 'CREATE_FAILED',
  )
  if (cluster?.status !== 'CREATE_COMPLETE') throw new Error(`${name} failed: ${cluster?.message}`)
  return cluster
}
/** The cluster once its update has come to an end, whichever. */
export const updated = async (name: string): Promise<ClusterView> => {
  const cluster = await until(name, (seen) => seen?.status !== 'UPDATE_IN_PROGRESS')
  if (!cluster) throw new Error(`${name} is gone.`)
  return cluster
}
export const gone = (name: string) => until(name, (seen) => seen === undefined)

export function keyFile(privateKey: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'hpc-e2e-')), 'key')
  writeFileSync(file, privateKey, { mode: 0o600 })
  return file
}

export type Said = { status: number; out: string; err: string }

/** Runs a command on the head node; `user` is the cluster's own unless given. */
export function ssh(
  { ssh: way }: ClusterView,
  key: string,
  command: string,
  user = way?.user,
): Promise<Said> {
  const options = [
    '-oBatchMode=yes',
    '-oStrictHostKeyChecking=no',
    '-oUserKnownHostsFile=/dev/null',
    '-oLogLevel=ERROR',
  ]
  const to = [
    '-oIdentitiesOnly=yes',
    '-oConnectTimeout=10',
    '-i',
    key,
    '-p',
    String(way?.port),
    `${user}@${way?.address}`,
  ]
  return new Promise((resolve) => {
    execFile('ssh', [...options, ...to, command], (error, out, err) =>
      resolve({ status: typeof error?.code === 'number' ? error.code : error ? 1 : 0, out, err }),
    )
  })
}

/** Waits until the job has ended and gives its state. */
export async function jobEnd(cluster: ClusterView, key: string, jobId: string): Promise<string> {
  for (let seconds = 0; seconds < limitSeconds; seconds++) {
    const { out } = await ssh(cluster, key, `scontrol show job ${jobId}`)
    const state = /JobState=(\w+)/.exec(out)?.[1] ?? 'UNKNOWN'
    if (!['PENDING', 'CONFIGURING', 'RUNNING', 'COMPLETING', 'UNKNOWN'].includes(state)) return state
    await sleep(500)
  }
  throw new Error(`Job ${jobId} did not end within ${limitSeconds} seconds.`)
}
