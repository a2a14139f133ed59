// Many callers at once: how many requests a second, and how long a burst of creates takes to be accepted.
import type { Caller } from './routes.ts'
import type { Section } from './section.ts'
import { median, percentile, timed } from './statistics.ts'

const callers = [1, 8, 32]
const pairs = [
  ['GET one', 'floor: one get'],
  ['POST new', 'floor: one put'],
] as const
const repeats = 3
const bursts = [1, 16, 256]
// The emulator has a process of its own for each request that it is at: 256 would take all of a laptop's memory.
const mostAtOnce = 32
// What POST new makes here must not be what the other measurements make.
let nextRound = 10_000

/** Requests a second, of so many callers who each ask again as soon as they are answered. */
async function rate(calls: Caller, what: string, atOnce: number): Promise<number> {
  const each = Math.max(4, Math.ceil(48 / atOnce))
  const one = async () => {
    for (let i = 0; i < each; i++) await calls.ask(what, nextRound++)
  }
  const milliseconds = await timed(() => Promise.all(Array.from({ length: atOnce }, one)))
  return (atOnce * each * 1000) / milliseconds
}

export async function measureThroughput(calls: Caller, freeSlots: () => Promise<void>): Promise<Section> {
  const rows: Section['rows'] = []
  for (const atOnce of callers)
    for (const [ours, floor] of pairs) {
      const rates = { [ours]: [] as number[], [floor]: [] as number[] }
      // The first repeat starts the processes that so many callers take, and is not counted.
      for (let repeat = 0; repeat <= repeats; repeat++)
        for (const [what, samples] of Object.entries(rates)) {
          // Nobody deletes what is created here, and the range is soon full.
          await freeSlots()
          const perSecond = await rate(calls, what, atOnce)
          if (repeat > 0) samples.push(perSecond)
        }
      const [our, their] = [median(rates[ours] ?? []), median(rates[floor] ?? [])]
      rows.push([ours, atOnce, our, floor, their, their / our])
    }
  return {
    title: 'Throughput',
    head: ['request', 'callers', 'per second', 'against', 'per second', 'ratio'],
    rows,
  }
}

export async function measureBursts(calls: Caller, freeSlots: () => Promise<void>): Promise<Section> {
  const rows: Section['rows'] = []
  for (const size of bursts) {
    const each: number[] = []
    await freeSlots()
    const waiting = Array.from({ length: size }, (_, i) => `burst-${size}-${i}`)
    const began = performance.now()
    const one = async () => {
      for (let project = waiting.pop(); project; project = waiting.pop()) {
        await calls.createOfMany(project, nextRound++)
        each.push(performance.now() - began)
      }
    }
    const all = await timed(() => Promise.all(Array.from({ length: mostAtOnce }, one)))
    rows.push([size, median(each), percentile(each, 0.95), all, (size * 1000) / all])
  }
  return {
    title: `Bursts of creates, from the first request to each 202; ${mostAtOnce} at a time`,
    head: ['creates at once', 'p50 ms', 'p95 ms', 'all of them, ms', 'accepted per second'],
    rows,
  }
}
