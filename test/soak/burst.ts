// Many creates at the same moment: each gets a slot of its own and comes to an end; then all are deleted, and nothing is left.
import { isDeepStrictEqual } from 'node:util'
import { holdings } from '../e2e/account.ts'
import { clientOf, create, remove, settled } from './lives.ts'
import type { Place } from './place.ts'

export type BurstReport = {
  asked: number
  slots: number
  ready: number
  failed: number
  /** Those that came to no end in the time that they had, and those that are still there after their deletion. */
  lost: string[]
  leaks: number
  seconds: { accepted: number; settled: number; deleted: number }
}

const labs = 64

export async function burst(
  place: Place,
  size: number,
  limitSeconds: number,
  say: (line: string) => void,
): Promise<BurstReport> {
  const client = clientOf(place)
  const before = await holdings(place.outputs, place.stateDir)
  const start = performance.now()
  const seconds = () => Math.round((performance.now() - start) / 100) / 10
  const wishes = Array.from({ length: size }, (_, nth) => ({
    virtualLab: `lab-${nth % labs}`,
    project: nth % 50 === 49 ? `fail-create-${nth}` : `at-once-${nth}`,
  }))
  const asked = await Promise.all(wishes.map((wish) => create(client, wish, limitSeconds)))
  const accepted = seconds()
  const slots = new Set(asked.map((one) => one?.subnet?.cidr)).size
  say(`${size} creates accepted after ${accepted} s, with ${slots} different subnets`)

  const names = asked.flatMap((one) => one?.name ?? [])
  const ends = await Promise.all(names.map((name) => settled(client, name, limitSeconds)))
  const ended = seconds()
  const count = (status: string) => ends.filter((one) => one?.status === status).length
  const [ready, failed] = [count('CREATE_COMPLETE'), count('CREATE_FAILED')]
  say(`${ready} ready and ${failed} failed after ${ended} s`)

  const gone = await Promise.all(names.map((name) => remove(client, name, limitSeconds)))
  const deleted = seconds()
  const after = await holdings(place.outputs, place.stateDir)
  const leaks = Object.keys(after).filter(
    (kind) => !isDeepStrictEqual(after[kind as keyof typeof after], before[kind as keyof typeof before]),
  )
  say(`${gone.filter(Boolean).length} deleted after ${deleted} s`)
  for (const kind of leaks) say(`left: ${kind}`)
  const isEnd = (status = '') => status === 'CREATE_COMPLETE' || status === 'CREATE_FAILED'
  const lost = names.filter((_, nth) => !gone[nth] || !isEnd(ends[nth]?.status))
  return {
    ...{ asked: size, slots, ready, failed, lost, leaks: leaks.length },
    seconds: { accepted, settled: ended, deleted },
  }
}
