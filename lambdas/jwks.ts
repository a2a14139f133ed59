// The schedule's door: brings the identity provider's keys to S3, where clusters that reach no Internet take them.
import middy from '@middy/core'
import { keyStore } from '../aws/key-store.ts'
import { refreshKeys } from '../core/jwks/refresh.ts'
import { limits } from '../core/jwks/usable-keys.ts'
import { fetchText } from './middleware/fetch-text.ts'
import { keyPlacesOfEnvironment } from './middleware/key-env.ts'
import { logger } from './middleware/logger.ts'

/** Fails, so that its alarm counts no success, when there are no new keys to be had; the stored ones stay. */
export const handler = middy().handler(async () => {
  const { url, object } = keyPlacesOfEnvironment()
  const published = () => fetchText(url, limits.characters)
  const refreshed = await refreshKeys({ published, ...keyStore(object) })
  logger.info('refreshed keys', refreshed)
  return refreshed
})
