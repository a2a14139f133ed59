// Keys as identity providers publish them, good and bad.
import { generateKeyPairSync } from 'node:crypto'

export type Jwk = Record<string, unknown>

const rsa = (modulusLength: number, publicExponent = 0x10001): Jwk => ({
  ...generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey.export({ format: 'jwk' }),
})

// Making one takes a moment, so tests share them.
export const [first, second, short] = [rsa(2048), rsa(3072), rsa(1024)] as [Jwk, Jwk, Jwk]
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })

export const good = (kid: string, more: Jwk = {}): Jwk => ({
  kid,
  ...first,
  use: 'sig',
  alg: 'RS256',
  ...more,
})

/** Each is one that Slurm must not be given, with why. */
export const bad: [because: string, key: unknown][] = [
  ['it has no kid, on which slurmctld ends', { ...good(''), kid: undefined }],
  ['its kid is a number', { ...good(''), kid: 7 }],
  ['its kid holds a line break', good('a\nb')],
  ['it encrypts', good('a', { use: 'enc', alg: 'RSA-OAEP' })],
  ['it is for another algorithm', good('a', { alg: 'RS512' })],
  ['it is elliptic', { ...elliptic, kid: 'a', use: 'sig', alg: 'RS256' }],
  ['it is a shared secret', { kty: 'oct', kid: 'a', k: 'AAAA', use: 'sig', alg: 'HS256' }],
  ['its private half is published', good('a', { d: 'AAAA' })],
  ['it has no modulus', { ...good('a'), n: undefined }],
  ['its modulus is not base64url', good('a', { n: 'a+b/==' })],
  ['it is too short', good('a', short)],
  ['it is absurdly long', good('a', { n: Buffer.alloc(2000, 255).toString('base64url') })],
  ['with the exponent 1 every signature fits', good('a', { e: 'AQ' })],
  ['its exponent is even', good('a', { e: 'AQAA' })],
  ['it is no key at all', 'a'],
]
