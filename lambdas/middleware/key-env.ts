// What brings the identity provider's keys works with.
import * as z from '../../core/zod.ts'
import { fromEnvironment } from './env.ts'

const KeyEnv = z.object({ JWKS_URL: z.url(), JWKS_BUCKET: z.string(), JWKS_KEY: z.string() })

/** Where the identity provider publishes its keys, and the object that they are stored in. */
export function keyPlacesOfEnvironment(): { url: string; object: { bucket: string; key: string } } {
  const env = fromEnvironment(KeyEnv)
  return { url: env.JWKS_URL, object: { bucket: env.JWKS_BUCKET, key: env.JWKS_KEY } }
}
