// What a fleet that stays as it is costs: counted calls, not times. bench/ has the times.
import { describe, expect, it } from 'vitest'
import { sweep } from '../../../core/reconcile/sweep.ts'
import { create, wishFor } from '../../wishes.ts'
import { makeWorld, type World } from '../../world.ts'

async function settled(count: number): Promise<World> {
  const world = makeWorld()
  for (let i = 0; i < count; i++) await create(world, wishFor(`p-${i}`))
  await world.advance(1800)
  expect([...world.clusters.values()].every(({ status }) => status === 'CREATE_COMPLETE')).toBe(true)
  return world
}

/** The calls of so many hours, by name. */
async function callsIn(world: World, hours: number): Promise<Record<string, number>> {
  world.calls.length = 0
  await world.advance(hours * 3600)
  const byName = Map.groupBy(world.calls, ({ name }) => name)
  return Object.fromEntries([...byName].map(([name, calls]) => [name, calls.length]))
}

describe('a settled cluster', () => {
  it.each([1, 10, 100])(
    'of %i costs eight calls at most in an hour, and the sweep two a minute',
    async (count) => {
      const world = await settled(count)
      const { listDue, getQueue, ...others } = await callsIn(world, 10)
      expect([listDue, getQueue]).toEqual([600, 600])
      // Its message, its record, its two stacks, its keys, and the record with the time of the next look.
      const looks = others.wake ?? 0
      expect(looks).toBeGreaterThanOrEqual(9 * count)
      expect(looks).toBeLessThanOrEqual(10 * count)
      expect(others).toEqual({
        ...{ wake: looks, getCluster: looks, getStack: 2 * looks, commit: looks },
        ...{ getKeyPair: looks, getSecretState: 2 * looks },
      })
    },
  )

  it('is not asked for by a sweep that it is not due for', async () => {
    const world = await settled(100)
    const [one] = world.clusters.values()
    if (!one) throw new Error('there is no cluster')
    world.clusters.set(one.name, { ...one, dueAt: '2020-01-01T00:00:00.000Z' })
    world.calls.length = 0
    expect(await sweep(world.context)).toBe(1)
    expect(world.calls.map(({ name }) => name)).toEqual(['listDue', 'wake', 'getQueue'])
  })
})
