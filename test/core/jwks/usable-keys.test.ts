// What Slurm is given of what an identity provider publishes.
import { createPublicKey } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAppError } from '../../../core/errors.ts'
import { limits, usableKeys } from '../../../core/jwks/usable-keys.ts'
import { bad, first, good, second } from './keys.ts'

const set = (...keys: unknown[]) => JSON.stringify({ keys })
const kept = (...keys: unknown[]) =>
  JSON.parse(usableKeys(set(...keys)).text).keys as Record<string, string>[]

describe('a usable set', () => {
  it('has what Slurm reads of each key and nothing else', () => {
    const published = good('a', { x5c: ['MII'], x5t: 'x', key_ops: ['verify'], more: { of: 'anything' } })
    expect(kept(published)).toEqual([good('a')])
  })

  it('has keys that leave out what RFC 7517 lets them leave out, with it', () => {
    expect(kept({ kid: 'a', ...first })).toEqual([good('a')])
  })

  it('is the same text in whatever order the keys come, so that nothing starts again for it', () => {
    const [a, b] = [good('a'), good('b', second)]
    expect(usableKeys(set(a, b))).toEqual(usableKeys(set(b, a)))
    expect(usableKeys(set(b, a)).kids).toEqual(['a', 'b'])
  })

  it('has numbers in their shortest form', () => {
    const padded = Buffer.concat([Buffer.alloc(3), Buffer.from(first.n as string, 'base64url')])
    expect(kept(good('a', { n: padded.toString('base64url') }))).toEqual([good('a')])
  })

  it.each(bad)('leaves a key out, as %s', (_, key) => {
    expect(kept(key, good('good'))).toEqual([good('good')])
  })
})

describe('what is refused whole, and says so', () => {
  it.each<[string, string, RegExp]>([
    ['a page', '<html></html>', /no JSON/],
    ['nothing', '', /no JSON/],
    ['no set', '{"key":[]}', /no set/],
    ['a list', '[]', /no set/],
    ['an empty set', '{"keys":[]}', /none of its 0 keys/],
    ['bad keys only', set(...bad.map(([, key]) => key)), /none of its/],
    [
      'two keys of one id, of which Slurm would take either',
      set(good('a'), good('a', second)),
      /a stands twice/,
    ],
    ['more keys than anybody has', set(...Array(limits.keys + 1).fill(good('a'))), /no set of at most/],
    ['more text than any set', `${set(good('a'))}${' '.repeat(limits.characters)}`, /characters/],
  ])('%s', (_, published, message) => {
    expect(() => usableKeys(published)).toThrow(message)
  })
})

describe('whatever is published', () => {
  const anyKey = fc.oneof(
    fc.constantFrom(...bad.map(([, key]) => key)),
    fc.constantFrom('a', 'b', 'c').map((kid) => good(kid)),
    fc.record({
      kty: fc.constantFrom('RSA', 'EC', 'rsa'),
      kid: fc.oneof(fc.string(), fc.integer()),
      n: fc.oneof(fc.constant(first.n), fc.base64String(), fc.string()),
      e: fc.oneof(fc.constantFrom('AQAB', 'Aw', 'AQ', '', 'AA'), fc.string()),
      alg: fc.option(fc.constantFrom('RS256', 'rs256', 'none', 'HS256'), { nil: undefined }),
      use: fc.option(fc.constantFrom('sig', 'enc'), { nil: undefined }),
    }),
    fc.jsonValue(),
  )
  const anything = fc.oneof(
    fc.array(anyKey, { maxLength: 8 }).map((keys) => set(...keys)),
    fc.json(),
    fc.string(),
  )

  it('comes out as keys that Slurm can read and nobody can forge, or not at all', () => {
    fc.assert(
      fc.property(anything, (published) => {
        const result = attempt(published)
        if (result === undefined) return
        const { keys } = JSON.parse(result.text)
        expect(keys.length).toBeGreaterThan(0)
        expect(new Set(result.kids).size).toBe(keys.length)
        for (const { kid, kty, use, alg, n, e, ...rest } of keys) {
          expect(rest).toEqual({})
          expect({ kty, use, alg }).toEqual({ kty: 'RSA', use: 'sig', alg: 'RS256' })
          expect(kid).toMatch(/^[\x21-\x7e]+$/)
          const { modulusLength = 0, publicExponent = 0n } =
            createPublicKey({ key: { kty, n, e }, format: 'jwk' }).asymmetricKeyDetails ?? {}
          expect(modulusLength).toBeGreaterThanOrEqual(2048)
          expect(publicExponent > 1n && publicExponent % 2n === 1n).toBe(true)
        }
        // What came through once is the same the next time.
        expect(usableKeys(result.text)).toEqual(result)
      }),
    )
  })
})

const attempt = (published: string) => {
  try {
    return usableKeys(published)
  } catch (error) {
    if (isAppError(error, 'Unavailable')) return undefined
    throw error
  }
}
