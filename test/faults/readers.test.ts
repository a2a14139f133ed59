// What only reads or counts, and what stores the identity provider's keys: each of its calls fails, or its process dies
// there; nothing changes by that, and the next time it does what it should. For the notices: test/lambdas/notify.test.ts.
import { afterAll, describe, expect, it } from 'vitest'
import type { Context } from '../../core/context.ts'
import { type KeyPlaces, refreshKeys } from '../../core/jwks/refresh.ts'
import { gauges } from '../../core/notices/measures.ts'
import { verbs } from '../../core/verbs/index.ts'
import { good } from '../core/jwks/keys.ts'
import { wrongAtRest } from '../invariants.ts'
import { aName, create } from '../wishes.ts'
import { type Fault, unavailable } from '../world.ts'
import { atCall } from './live-through.ts'
import { quickWorld } from './scenarios/living.ts'

let cases = 0
afterAll(() => console.log(`faults: ${cases} cases of readers and key stores`))

const days = { from: '2026-08-01', to: '2026-08-02' }
const readers: Record<string, (context: Context) => Promise<unknown>> = {
  getCluster: (context) => verbs.getCluster(context, { name: aName }),
  listClusters: (context) => verbs.listClusters(context, { limit: 10 }),
  listEvents: (context) => verbs.listEvents(context, { name: aName, limit: 10 }),
  getUsage: (context) => verbs.getUsage(context, { ...days, by: [], limit: 10 } as never),
  'the gauges': gauges,
}
const faults: Fault[] = [
  { when: 'before', error: unavailable() },
  { when: 'after', error: new Error('AccessDenied') },
  { when: 'before', dies: true },
]

describe('who reads', () => {
  it.each(Object.entries(readers))('%s', async (_, read) => {
    const world = quickWorld()
    await create(world)
    await world.advance(600)
    const before = [structuredClone([...world.clusters]), world.events.length, world.slots.size]
    const first = world.calls.length
    expect(await world.request(read)).toBeUndefined()
    const count = world.calls.length - first
    expect(count).toBeGreaterThan(0)
    for (let nth = 1; nth <= count; nth++)
      for (const fault of faults) {
        cases++
        atCall(world.calls.length + nth, fault)(world)
        expect(await world.request(read)).toBeInstanceOf(Error)
        world.fault = () => undefined
        expect(await world.request(read)).toBeUndefined()
      }
    expect([[...world.clusters], world.events.length, world.slots.size]).toEqual(before)
    expect(wrongAtRest(world)).toEqual([])
  })
})

describe('a look at the keys of the identity provider', () => {
  const calls = ['published', 'stored', 'store'] as const
  it.each(calls.flatMap((name) => (['before', 'after'] as const).map((when) => [name, when] as const)))(
    'fails at %s, %s its effect: the stored keys are whole, and the next look stores the new ones',
    async (failing, when) => {
      cases++
      let stored: string | undefined
      let fails = false
      const sound: KeyPlaces = {
        published: async () => JSON.stringify({ keys: [good('new')] }),
        stored: async () => stored,
        store: async (text) => {
          stored = text
        },
      }
      await refreshKeys({ ...sound, published: async () => JSON.stringify({ keys: [good('old')] }) })
      const old = stored
      const trip = (name: (typeof calls)[number]) => async (text?: string) => {
        if (fails && name === failing && when === 'before') throw unavailable()
        const answer = await (sound[name] as (text?: string) => Promise<string | undefined>)(text)
        if (fails && name === failing) throw unavailable()
        return answer
      }
      const places = Object.fromEntries(calls.map((name) => [name, trip(name)])) as unknown as KeyPlaces
      fails = true
      await expect(refreshKeys(places)).rejects.toThrow()
      const isStored = failing === 'store' && when === 'after'
      expect(stored === old).toBe(!isStored)
      fails = false
      expect(await refreshKeys(places)).toEqual({ changed: !isStored, kids: ['new'] })
    },
  )
})
