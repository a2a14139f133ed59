// The keys of an identity provider that Slurm can check tokens with, read from what the provider publishes.
// Slurm's auth/jwt takes RS256 alone and ends slurmctld on a key without kid, n or e; so it is given no others.
// https://slurm.schedmd.com/jwt.html · RFC 7517 (JSON Web Key) · RFC 7518, section 6.3.1 (RSA)
import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { AppError } from '../errors.ts'
import * as z from '../zod.ts'

/** Far above any provider's set; what is longer is something else. */
export const limits = { characters: 65_536, keys: 50 }
/** RFC 7518, section 3.3, asks for 2048 or more; nobody publishes more than 8192. */
const modulusBits = { min: 2048, max: 8192 }

const Published = z.object({ keys: z.array(z.unknown()).check(z.maxLength(limits.keys)) })
// What stands in the header of a token and in a file that Slurm reads: plain characters.
const Kid = z.string().check(z.regex(/^[\x21-\x7e]{1,200}$/))
const base64url = z.string().check(z.regex(/^[A-Za-z0-9_-]+$/))

/** `use` and `alg` may be left out (RFC 7517, 4.2 and 4.4); then the key is for everything that its type can do. */
const SigningKey = z.object({
  kty: z.literal('RSA'),
  use: z._default(z.literal('sig'), 'sig'),
  alg: z._default(z.literal('RS256'), 'RS256'),
  kid: Kid,
  n: base64url,
  e: base64url,
  // A private key that was published is everybody's.
  d: z.optional(z.never()),
})

export type UsableKeys = {
  /** The JWKS for Slurm: the same for the same keys, in whatever order they were published. */
  text: string
  /** The keys' ids, in order. */
  kids: string[]
}

/** Throws `Unavailable` that says why where there is not one usable key: an empty set would lock everybody out. */
export function usableKeys(published: string): UsableKeys {
  if (published.length > limits.characters) throw unusable(`it has more than ${limits.characters} characters`)
  const set = Published.safeParse(jsonOf(published))
  if (!set.success) throw unusable(`it is no set of at most ${limits.keys} keys`)
  const keys = set.data.keys.flatMap(usableKey).sort((a, b) => (a.kid < b.kid ? -1 : 1))
  const kids = keys.map(({ kid }) => kid)
  const twice = kids.find((kid, index) => kids.indexOf(kid) < index)
  if (twice !== undefined) throw unusable(`the key ${twice} stands twice`)
  if (keys.length === 0)
    throw unusable(
      `none of its ${set.data.keys.length} keys is a public RSA key of ${modulusBits.min} bits or more with a kid for RS256 signatures`,
    )
  return { text: `${JSON.stringify({ keys })}\n`, kids }
}

function usableKey(published: unknown): z.output<typeof SigningKey>[] {
  const read = SigningKey.safeParse(published)
  if (!read.success) return []
  const { kid, ...jwk } = read.data
  const numbers = rsaNumbers(jwk)
  return numbers ? [{ kid, ...jwk, ...numbers }] : []
}

/** Modulus and exponent in their one shortest form; undefined where they make no key that can be trusted. */
function rsaNumbers({
  kty,
  n,
  e,
}: {
  kty: 'RSA'
  n: string
  e: string
}): { n: string; e: string } | undefined {
  try {
    const key = createPublicKey({ key: { kty, n, e } as JsonWebKey, format: 'jwk' })
    const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
    if (modulusLength < modulusBits.min || modulusLength > modulusBits.max) return undefined
    // RFC 8017, section 3.1: odd, and at least 3. With 1 every signature would fit.
    if (publicExponent < 3n || publicExponent % 2n === 0n) return undefined
    const canonical = key.export({ format: 'jwk' })
    return { n: canonical.n as string, e: canonical.e as string }
  } catch {
    return undefined
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw unusable('it is no JSON')
  }
}

const unusable = (why: string): AppError =>
  new AppError('Unavailable', `The identity provider's key set cannot be used: ${why}.`)
