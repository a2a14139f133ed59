// Many creates, as fast as 16 callers can: each gets a slot of its own and comes to an end; then all are deleted, and nothing is left.
import { isDeepStrictEqual } from 'node:util'
import { holdings } from '../e2e/account.ts'
import { isToFail } from './judge.ts'
import { clientOf, create, insist, remove, settled } from './lives.ts'
import type { Place } from './place.ts'

export type BurstReport = {
  asked: number
  slots: number
  ready: number
  failed: number
  /** How many were asked for that fail. */
  toFail: number
  /** Those that came to no end in the time that they had, and those that are still there after their deletion. */
  lost: string[]
  /** Kinds of which there is more or less than before. */
  leaks: string[]
  seconds: { accepted: number; settled: number; deleted: number }
}

const labs = 64
/** The emulator starts a process for each call that it has at the same time: as many as the machine bears. */
const callersAtOnce = 16

/** What `work` makes of each item, by so many callers; ends early, with an error, when told to stop. */
async function byCallers<T, R>(items: T[], work: (item: T) => Promise<R>, signal: AbortSignal): Promise<R[]> {
  const answers: R[] = []
  let next = 0
  const caller = async () => {
    for (let nth = next++; nth < items.length; nth = next++) {
      signal.throwIfAborted()
      answers[nth] = await work(items[nth] as T)
    }
  }
  await Promise.all(Array.from({ length: callersAtOnce }, caller))
  return answers
}

export async function burst(
  place: Place,
  size: number,
  limitSeconds: number,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<BurstReport> {
  const client = clientOf(place)
  const before = await holdings(place.outputs, place.stateDir)
  const start = performance.now()
  const seconds = () => Math.round((performance.now() - start) / 100) / 10
  const wishes = Array.from({ length: size }, (_, nth) => ({
    virtualLab: `lab-${nth % labs}`,
    project: nth % 50 === 49 ? `fail-create-${nth}` : `at-once-${nth}`,
  }))
  const asked = await byCallers(wishes, (wish) => create(client, wish, limitSeconds), signal)
  const accepted = seconds()
  const slots = new Set(asked.map((one) => one?.subnet?.cidr)).size
  say(`${size} creates accepted after ${accepted} s, with ${slots} different subnets`)

  const names = asked.flatMap((one) => one?.name ?? [])
  const ends = await byCallers(names, (name) => settled(client, name, limitSeconds), signal)
  const ended = seconds()
  const count = (status: string) => ends.filter((one) => one?.status === status).length
  const [ready, failed] = [count('CREATE_COMPLETE'), count('CREATE_FAILED')]
  say(`${ready} ready and ${failed} failed after ${ended} s`)

  // All are asked to go before the end of any is awaited.
  await byCallers(names, (name) => insist(() => client.call('deleteCluster', { name })), signal)
  const gone = await byCallers(names, (name) => remove(client, name, limitSeconds), signal)
  const deleted = seconds()
  const after = await holdings(place.outputs, place.stateDir)
  const leaks = Object.keys(after).filter(
    (kind) => !isDeepStrictEqual(after[kind as keyof typeof after], before[kind as keyof typeof before]),
  )
  say(`${gone.filter(Boolean).length} deleted after ${deleted} s`)
  const isEnd = (status = '') => status === 'CREATE_COMPLETE' || status === 'CREATE_FAILED'
  const lost = names.filter((_, nth) => !gone[nth] || !isEnd(ends[nth]?.status))
  return {
    ...{ asked: size, slots, ready, failed, lost, leaks },
    toFail: wishes.filter(({ project }) => isToFail(project)).length,
    seconds: { accepted, settled: ended, deleted },
  }
}
