// Looking at a cluster until it is what somebody waits for, or never will be.

import type { ClusterView } from '../core/answers.ts'
import type { Status } from '../core/cluster.ts'
import { isAppError } from '../core/errors.ts'
import type { ApiClient } from './client.ts'

export const goals = ['ready', 'deleted'] as const
export type Goal = (typeof goals)[number]

type Step = 'wait' | 'reached' | 'failed'

const steps: Record<Status, Record<Goal, Step>> = {
  CREATE_REQUEST_RECEIVED: { ready: 'wait', deleted: 'wait' },
  CREATE_IN_PROGRESS: { ready: 'wait', deleted: 'wait' },
  CREATE_COMPLETE: { ready: 'reached', deleted: 'wait' },
  CREATE_FAILED: { ready: 'failed', deleted: 'wait' },
  // What is being deleted will not be ready, unless somebody asks for it anew.
  DELETE_IN_PROGRESS: { ready: 'failed', deleted: 'wait' },
  DELETE_FAILED: { ready: 'failed', deleted: 'failed' },
  UPDATE_IN_PROGRESS: { ready: 'wait', deleted: 'wait' },
  UPDATE_COMPLETE: { ready: 'reached', deleted: 'wait' },
  UPDATE_FAILED: { ready: 'failed', deleted: 'wait' },
}

export type Waiting = {
  name: string
  goal: Goal
  timeoutSeconds: number
  pollSeconds?: number
  now: () => Date
  sleep: (seconds: number) => Promise<void>
  /** Told of every look; the status is undefined where the API did not answer. */
  onLook?: (look: Look) => void
}
export type Look = {
  status: Status | undefined
  /** How many are before it, while it waits for its turn. */
  ahead?: number | undefined
  elapsedSeconds: number
}
/** The cluster as it was seen last; none where there was none from the start. */
export type Waited = { outcome: 'reached' | 'failed' | 'timedOut'; cluster: ClusterView | undefined }

/** Building takes a quarter of an hour on AWS; a look costs one read. */
const defaultPollSeconds = 3
/** An API that stumbles for a moment must not end the wait of an hour. */
const maxFailuresInARow = 10

/** Throws what the API refuses, such as `ClusterNotFound` where a cluster shall become ready. */
export async function waitFor(client: ApiClient, waiting: Waiting): Promise<Waited> {
  const { name, goal, timeoutSeconds, pollSeconds = defaultPollSeconds, now, sleep, onLook } = waiting
  const start = now().getTime()
  let cluster: ClusterView | undefined
  for (let failures = 0; ; ) {
    const seen = await look(client, waiting, cluster !== undefined && failures < maxFailuresInARow)
    const elapsedSeconds = (now().getTime() - start) / 1000
    if (seen === 'gone') return { outcome: 'reached', cluster }
    if (seen === 'unknown') failures++
    else {
      // Another deployment under the same name: the one that was waited for is gone.
      if (goal === 'deleted' && cluster && seen.deploymentId !== cluster.deploymentId)
        return { outcome: 'reached', cluster }
      failures = 0
      cluster = seen
    }
    const told = seen === 'unknown' ? undefined : seen
    onLook?.({ status: told?.status, ahead: told?.queue?.ahead, elapsedSeconds })
    const step = seen === 'unknown' ? 'wait' : steps[seen.status][goal]
    if (step !== 'wait') return { outcome: step, cluster }
    const leftSeconds = timeoutSeconds - elapsedSeconds
    if (leftSeconds <= 0) return { outcome: 'timedOut', cluster }
    await sleep(Math.min(pollSeconds, leftSeconds))
  }

  async function look(client: ApiClient, { goal }: Waiting, isPatient: boolean) {
    try {
      return await client.call('getCluster', { name })
    } catch (error) {
      if (goal === 'deleted' && isAppError(error, 'ClusterNotFound')) return 'gone'
      if (isPatient && isAppError(error, 'Unavailable', 'TooManyRequests', 'Internal')) return 'unknown'
      throw error
    }
  }
}
