// Waiting as the commands do it: with progress, an end that is told, and an exit status.
import { InvalidArgumentError } from 'commander'
import type { ClusterView } from '../core/answers.ts'
import type { ApiClient } from './client.ts'
import { failureOf } from './cluster-texts.ts'
import { clusterFailed, timedOut } from './exit-status.ts'
import { printable } from './output.ts'
import { progressOf } from './progress.ts'
import type { Terminal } from './terminal.ts'
import { type Goal, type Waited, waitFor } from './wait-for.ts'

/** More than a create with its bucket's listing, or a delete with its export, should take. */
export const defaultTimeoutSeconds = 3600

/** The cluster as it was seen last; none where there was none from the start. */
export async function waitAndTell(
  client: ApiClient,
  terminal: Terminal,
  { name, goal, timeout }: { name: string; goal: Goal; timeout: number },
): Promise<ClusterView | undefined> {
  const { now, sleep } = terminal
  const progress = progressOf(terminal, name)
  const waited = await waitFor(client, {
    name,
    goal,
    timeoutSeconds: timeout,
    now,
    sleep,
    onLook: progress.show,
  }).finally(progress.end)
  terminal.err(`${printable(endOf(waited, name, goal, timeout))}\n`)
  terminal.exitStatus = { reached: 0, failed: clusterFailed, timedOut }[waited.outcome]
  return waited.cluster
}

function endOf({ outcome, cluster }: Waited, name: string, goal: Goal, timeout: number): string {
  if (outcome === 'reached') return goal === 'ready' ? `${name} is ready.` : `${name} is gone.`
  const status = cluster?.status ?? 'not known'
  if (outcome === 'timedOut') return `${name} is not ${goal} after ${timeout} seconds: it is ${status}.`
  return `${name} is not ${goal}, it is ${status}. ${cluster ? failureOf(cluster) : ''}`.trim()
}

/** For an option that takes seconds. */
export function seconds(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number of seconds.')
  return Number(text)
}
