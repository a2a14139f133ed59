// How many clusters a virtual lab may have: exactly so many, whoever asks at the same moment.
import { describe, expect, it } from 'vitest'
import { clusterName } from '../../../core/names.ts'
import { alwaysWrong } from '../../invariants.ts'
import { codeOf, create, refusal, remove, wishFor } from '../../wishes.ts'
import { makeWorld, unavailable } from '../../world.ts'
import { aSite } from '../samples.ts'

const limited = (clustersPerVirtualLab: number) =>
  makeWorld(aSite({ limits: { ...aSite().limits, clustersPerVirtualLab } }))

describe('a virtual lab that has as many clusters as it may', () => {
  it('is refused another one, with nothing made, and told the limit and when to ask again', async () => {
    const world = limited(2)
    for (const project of ['a', 'b']) await create(world, wishFor(project))
    const { code, message, retryAfterSeconds } = await refusal(create(world, wishFor('c')))
    expect({ code, retryAfterSeconds }).toEqual({ code: 'TooManyClusters', retryAfterSeconds: 300 })
    expect(message).toContain('2')
    expect(world.secrets.size).toBe(4)
    expect(alwaysWrong(world)).toEqual([])
  })

  it('is answered for those that it has, and another lab gets its own', async () => {
    const world = limited(1)
    const first = await create(world, wishFor('a'))
    expect((await create(world, wishFor('a'))).deploymentId).toBe(first.deploymentId)
    expect(await codeOf(create(world, wishFor('b')))).toBe('TooManyClusters')
    await create(world, { ...wishFor('b'), virtualLab: 'another' })
  })

  it.each([
    {
      what: 'deleted',
      name: 'a',
      end: (world: ReturnType<typeof makeWorld>) => remove(world, clusterName(wishFor('a'))),
    },
    { what: 'failed', name: 'fail-create-1', end: async () => undefined },
  ])('gets another one once one has $what', async ({ name, end }) => {
    const world = limited(1)
    await create(world, wishFor(name))
    await world.advance(900)
    await end(world)
    await world.advance(900)
    await create(world, wishFor('c'))
    expect(alwaysWrong(world)).toEqual([])
  })

  it('gets exactly its number of many at once, and keys for no more', async () => {
    const world = limited(5)
    let turns = 0
    world.turn = async () => {
      for (let left = ++turns % 7; left > 0; left--) await new Promise(setImmediate)
    }
    const asked = Array.from({ length: 24 }, (_, nth) => create(world, wishFor(`p-${nth}`)))
    const refused = (await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected')
    expect(world.clusters.size).toBe(5)
    expect(refused).toHaveLength(19)
    expect(world.secrets.size).toBe(10)
    expect(alwaysWrong(world)).toEqual([])
  })

  it('keeps its count when any call of a create or of its removal fails', async () => {
    for (let nth = 1; nth <= 30; nth++)
      for (const when of ['before', 'after'] as const) {
        const world = limited(1)
        world.fault = (call) => (call.nth === nth ? { when, error: unavailable() } : undefined)
        const patiently = (ask: () => Promise<unknown>) => ask().catch(() => ask())
        await patiently(() => create(world, wishFor('a')))
        await world.advance(900)
        await patiently(() => remove(world, clusterName(wishFor('a')))).catch(() => undefined)
        await world.advance(3000)
        expect(world.clusters.size, `call ${nth} ${when}`).toBe(0)
        expect(world.operations.clustersOf(wishFor('a').virtualLab)).toBe(0)
        expect(alwaysWrong(world)).toEqual([])
      }
  })
})
