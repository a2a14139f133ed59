// Keys that are stored stay until there are better ones, whatever fails.
import { beforeEach, describe, expect, it } from 'vitest'
import { type KeyPlaces, refreshKeys } from '../../../core/jwks/refresh.ts'
import { good, second } from './keys.ts'

const set = (...keys: unknown[]) => JSON.stringify({ keys })
let world: { published: string; stored: string | undefined; writes: number }
const places: KeyPlaces = {
  published: async () => world.published,
  stored: async () => world.stored,
  store: async (text) => {
    world.stored = text
    world.writes += 1
  },
}
const kids = () => JSON.parse(world.stored ?? '{"keys":[]}').keys.map(({ kid }: { kid: string }) => kid)

beforeEach(() => {
  world = { published: set(good('a')), stored: undefined, writes: 0 }
})

describe('a look at the keys', () => {
  it('stores the first set, and tells what is in it', async () => {
    expect(await refreshKeys(places)).toEqual({ changed: true, kids: ['a'] })
    expect(kids()).toEqual(['a'])
  })

  it('writes only what is new', async () => {
    await refreshKeys(places)
    world.published = set(good('encrypting', { use: 'enc', alg: 'RSA-OAEP' }), good('a', { x5c: ['MII'] }))
    expect(await refreshKeys(places)).toEqual({ changed: false, kids: ['a'] })
    world.published = set(good('b', second), good('a'))
    expect(await refreshKeys(places)).toEqual({ changed: true, kids: ['a', 'b'] })
    expect(world.writes).toBe(2)
  })

  it.each(['', '<html></html>', '{"keys":[]}', set({ ...good('a'), kty: 'EC' })])(
    'leaves what is stored when %j is published',
    async (published) => {
      await refreshKeys(places)
      const before = world.stored
      world.published = published
      await expect(refreshKeys(places)).rejects.toMatchObject({ code: 'Unavailable' })
      expect(world.stored).toBe(before)
    },
  )

  const calls = ['published', 'stored', 'store'] as const
  it.each(calls.flatMap((call) => [[call, 'before'] as const, [call, 'after'] as const]))(
    'whose %s fails %s its effect is made good by the next one',
    async (call, when) => {
      world.stored = set(good('old'))
      const failing: KeyPlaces = {
        ...places,
        [call]: async (text: string) => {
          if (when === 'after') await places[call](text)
          throw new Error('out of order')
        },
      }
      await expect(refreshKeys(failing)).rejects.toThrow('out of order')
      expect([['old'], ['a']]).toContainEqual(kids())
      await refreshKeys(places)
      expect(kids()).toEqual(['a'])
    },
  )
})
