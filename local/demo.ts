// What a newcomer watches: a cluster asked for through the signed API, a login with its own key, a job completed.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { apiClient } from '../cli/client.ts'
import type { ClusterView } from '../core/answers.ts'
import type { Client } from './issuer.ts'

export type Outputs = {
  apiUrl: string
  region: string
  endpointUrl: string
  accessKeyId: string
  secretAccessKey: string
  /** Who gives tokens for Slurm's REST API. */
  identity: Client
}
export type Demo = { cluster: ClusterView; jobId?: string; jobState?: string; jobOutput?: string }
type Say = (line: string) => void

const wish = { virtualLab: 'demo-lab', project: 'demo', tier: 'debug' }
const job = `#!/bin/bash
#SBATCH --job-name=hello --nodes=2 --output=hello-%j.out
echo "Job $SLURM_JOB_ID of $SLURM_CLUSTER_NAME runs as $(id -un) on $SLURM_JOB_NUM_NODES nodes:"
srun hostname
`

export async function demo(
  outputs: Outputs,
  hasHosts: boolean,
  say: Say,
  signal: AbortSignal,
): Promise<Demo> {
  const { apiUrl, region, accessKeyId, secretAccessKey } = outputs
  const client = apiClient({ apiUrl, region, credentials: { accessKeyId, secretAccessKey } })
  const asked = await client.call('createCluster', wish)
  say(`POST /v1/clusters → ${asked.name}, ${asked.status}`)
  let cluster = asked
  while (cluster.status !== 'CREATE_COMPLETE') {
    await sleep(500, undefined, { signal })
    const { status } = cluster
    cluster = await client.call('getCluster', { name: asked.name })
    if (cluster.status !== status) say(`GET /v1/clusters/${cluster.name} → ${cluster.status}`)
    if (cluster.status === 'CREATE_FAILED') throw new Error(`The cluster failed: ${cluster.message}`)
  }
  if (!hasHosts) return { cluster }
  return { cluster, ...(await runJob(outputs, cluster, say, signal)) }
}

async function runJob(outputs: Outputs, { ssh }: ClusterView, say: Say, signal: AbortSignal) {
  if (!ssh?.address) throw new Error('The cluster is ready, but its head node has no address.')
  const folder = mkdtempSync(join(tmpdir(), 'hpc-provisioner-demo-'))
  try {
    const keyFile = join(folder, 'key')
    writeFileSync(keyFile, await secretOf(outputs, ssh.userKeySecretArn), { mode: 0o600 })
    const login = ['-i', keyFile, '-p', String(ssh.port), `${ssh.user}@${ssh.address}`]
    const options = [
      '-oStrictHostKeyChecking=accept-new',
      `-oUserKnownHostsFile=${join(folder, 'known_hosts')}`,
    ]
    const run = (command: string, input = '') =>
      output('ssh', [...options, '-oBatchMode=yes', '-oLogLevel=ERROR', ...login, command], input, signal)

    const jobId = (await run('sbatch --parsable', job)).trim()
    say(`ssh ${ssh.user}@${ssh.address} sbatch → job ${jobId}`)
    const jobState = await jobEnd(run, jobId, signal)
    const jobOutput = await run(`cat hello-${jobId}.out`)
    say(`job ${jobId} ${jobState}:`)
    for (const line of jobOutput.trimEnd().split('\n')) say(`  ${line}`)
    if (jobState !== 'COMPLETED') throw new Error(`The job ended as ${jobState}.`)
    return { jobId, jobState, jobOutput }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function jobEnd(
  run: (command: string) => Promise<string>,
  jobId: string,
  signal: AbortSignal,
): Promise<string> {
  for (let seconds = 0; seconds < 120; seconds++) {
    const state = /JobState=(\w+)/.exec(await run(`scontrol show job ${jobId}`))?.[1] ?? 'UNKNOWN'
    if (!['PENDING', 'CONFIGURING', 'RUNNING', 'COMPLETING', 'UNKNOWN'].includes(state)) return state
    await sleep(1000, undefined, { signal })
  }
  throw new Error(`Job ${jobId} did not end within two minutes.`)
}

async function secretOf(
  { endpointUrl, region, accessKeyId, secretAccessKey }: Outputs,
  arn: string,
): Promise<string> {
  const client = new SecretsManagerClient({
    endpoint: endpointUrl,
    region,
    credentials: { accessKeyId, secretAccessKey },
  })
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: arn }))
  return SecretString
}

function output(command: string, args: string[], input: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], signal })
    let [out, errors] = ['', '']
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.stderr.on('data', (chunk) => {
      errors += chunk
    })
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`${command} ${args.at(-1)}: ${errors.trim()}`)),
    )
    child.stdin.end(input)
  })
}
