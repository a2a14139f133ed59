// Clusters that are asked for, used or not, and deleted, by a caller who asks again when a request fails.
import { setTimeout as sleep } from 'node:timers/promises'
import { apiClient } from '../../cli/client.ts'
import type { ClusterView } from '../../core/answers.ts'
import { isAppError } from '../../core/errors.ts'
import type { Place } from './place.ts'

export type Client = ReturnType<typeof apiClient>

export const clientOf = ({ outputs }: Pick<Place, 'outputs'>): Client => {
  const { apiUrl, region, accessKeyId, secretAccessKey } = outputs
  return apiClient({ apiUrl, region, credentials: { accessKeyId, secretAccessKey } })
}

/** Answers that stay what they are however often one asks. */
const final = [
  'ClusterNotFound',
  'ClusterDiffers',
  'UpdateRefused',
  'ClusterFailed',
  'InvalidRequest',
] as const

/** Longer than the emulator takes to be ended and started. */
const answerSeconds = 120

/** Asks until there is an answer; `undefined` where the cluster is not there. */
export async function insist<T>(
  request: () => Promise<T>,
  limitSeconds = answerSeconds,
): Promise<T | undefined> {
  const end = Date.now() + limitSeconds * 1000
  while (true) {
    try {
      return await request()
    } catch (error) {
      if (isAppError(error, 'ClusterNotFound')) return undefined
      if (isAppError(error, ...final) || Date.now() > end) throw error
      await sleep(1000)
    }
  }
}

const isSettled = (cluster: ClusterView | undefined): boolean =>
  cluster === undefined || /_(COMPLETE|FAILED)$/.test(cluster.status)

/** The cluster once it has come to an end of what it is at, or as it is when the time is over. */
export async function settled(
  client: Client,
  name: string,
  limitSeconds: number,
): Promise<ClusterView | undefined> {
  const end = Date.now() + limitSeconds * 1000
  while (true) {
    const cluster = await insist(() => client.call('getCluster', { name }))
    if (isSettled(cluster) || Date.now() > end) return cluster
    await sleep(1000)
  }
}

export const create = (
  client: Client,
  wish: { virtualLab: string; project: string },
  limitSeconds?: number,
) => insist(() => client.call('createCluster', wish), limitSeconds)

/** Resolves when it is gone; false when it is still there after the time. */
export async function remove(client: Client, name: string, limitSeconds: number): Promise<boolean> {
  const end = Date.now() + limitSeconds * 1000
  if (!(await insist(() => client.call('deleteCluster', { name })))) return true
  while (Date.now() < end) {
    if (!(await insist(() => client.call('getCluster', { name })))) return true
    await sleep(500)
  }
  return false
}
