// Clusters come and go while faults happen; in the end everything is deleted, and what is left is a leak.
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { type Holdings, holdings } from '../e2e/account.ts'
import { faults, type Pick } from './faults.ts'
import { type Client, clientOf, create, insist, remove, settled } from './lives.ts'
import type { Place } from './place.ts'

export type SoakReport = {
  /** How often each fault found something to happen to. */
  faults: Record<string, number>
  clusters: { made: number; ready: number; failed: number; deleted: number }
  /** What is left when every cluster was deleted, in words. */
  leaks: string[]
}

export type SoakOptions = {
  place: Place
  pick: Pick
  /** The faults in their order, each until it has happened; the end of them is the end of all. At random without it. */
  plan?: string[]
  /** One cluster more, which is ready within so long before the first fault, and stays until the end. */
  standingSeconds?: number
  untilMillis: number
  /** How many clusters live at the same time. */
  atOnce: number
  /** How long one deletion may take in the end. */
  deleteSeconds: number
  say: (line: string) => void
  signal: AbortSignal
}

export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { place, say, deleteSeconds } = options
  const before = await holdings(place.outputs, place.stateDir)
  const client = clientOf(place)
  const clusters = { made: 0, ready: 0, failed: 0, deleted: 0 }
  if (options.standingSeconds) await stand(client, clusters, options.standingSeconds)
  const over = new AbortController()
  const signal = AbortSignal.any([options.signal, over.signal])
  const living = Array.from({ length: options.atOnce }, () => live(client, clusters, { ...options, signal }))
  const [injected] = await Promise.all([injectFaults(options).finally(() => over.abort()), ...living])

  say('no more faults; deleting what is left')
  const left = (await insist(() => client.call('listClusters', { limit: 100 })))?.clusters ?? []
  const gone = await Promise.all(left.map(({ name }) => remove(client, name, deleteSeconds)))
  clusters.deleted = clusters.made - gone.filter((isGone) => !isGone).length
  const leaks = [
    ...left.filter((_, nth) => !gone[nth]).map(({ name }) => `${name} cannot be deleted`),
    ...(await leftBeside(place, before, 30)),
  ]
  return { faults: injected, clusters, leaks }
}

async function injectFaults({ place, pick, plan, untilMillis, say, signal }: SoakOptions) {
  const injected = Object.fromEntries(Object.keys(faults).map((name) => [name, 0]))
  const names = Object.keys(faults)
  const left = plan && [...plan]
  while (!signal.aborted && Date.now() < untilMillis && left?.length !== 0) {
    await sleep(left ? 1000 : 500 + pick(4000), undefined, { signal }).catch(() => {})
    if (signal.aborted) break
    const name = left?.[0] ?? names[pick(names.length)] ?? ''
    const what = await faults[name]?.(place, pick)
    if (!what) continue
    left?.shift()
    injected[name] = (injected[name] ?? 0) + 1
    say(`${name}: ${what}`)
  }
  return injected
}

async function stand(client: Client, count: SoakReport['clusters'], seconds: number): Promise<void> {
  const { name = '' } = (await create(client, { virtualLab: 'lab', project: 'standing' })) ?? {}
  count.made++
  const cluster = await settled(client, name, seconds)
  if (cluster?.status !== 'CREATE_COMPLETE')
    throw new Error(`${name} is ${cluster?.status} after ${seconds} seconds: ${cluster?.message}`)
  count.ready++
}

let made = 0

/** One cluster after another: made, perhaps awaited, perhaps changed, deleted. */
async function live(
  client: Client,
  count: SoakReport['clusters'],
  { pick, untilMillis, deleteSeconds, say, signal }: SoakOptions,
): Promise<void> {
  while (!signal.aborted && Date.now() < untilMillis) {
    const project = `${pick(5) === 0 ? 'fail-create' : 'soak'}-${++made}`
    const { name } = (await create(client, { virtualLab: `lab-${pick(4)}`, project })) ?? {}
    if (!name) continue
    count.made++
    if (pick(3) === 0) await sleep(pick(3000))
    else {
      const cluster = await settled(client, name, Math.max(5, (untilMillis - Date.now()) / 1000))
      if (cluster?.status === 'CREATE_COMPLETE') count.ready++
      if (cluster?.status === 'CREATE_FAILED') count.failed++
      if (cluster?.status === 'CREATE_COMPLETE' && pick(3) === 0)
        await insist(() => client.call('updateCluster', { name, maxNodes: 9 })).catch((error) =>
          say(`${name}: the update was refused: ${error.message}`),
        )
    }
    if (!(await remove(client, name, Math.max(5, (untilMillis - Date.now()) / 1000))))
      say(`${name} is still being deleted; it is looked at again in the end (${deleteSeconds} s)`)
  }
}

/** What is there now and was not there before; it gets some seconds to go. */
async function leftBeside(
  { outputs, stateDir }: Place,
  before: Holdings,
  seconds: number,
): Promise<string[]> {
  let now = await holdings(outputs, stateDir)
  for (let left = seconds; left > 0 && !isDeepStrictEqual(now, before); left--) {
    await sleep(1000)
    now = await holdings(outputs, stateDir)
  }
  return Object.entries(now).flatMap(([kind, there]) => {
    const was = before[kind as keyof Holdings]
    if (Array.isArray(there))
      return there.filter((one) => !(was as string[]).includes(one)).map((one) => `${kind}: ${one}`)
    return there === was ? [] : [`${kind}: ${there} in place of ${was}`]
  })
}
