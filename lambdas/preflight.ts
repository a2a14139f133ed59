// Preflight's doors: a route of the API, and a schedule with the deployments.
import { inspector } from '../aws/preflight.ts'
import { preflight } from '../core/preflight/preflight.ts'
import { placeOfEnvironment } from './middleware/preflight-env.ts'
import { preflightHandler } from './middleware/preflight-handler.ts'

export const handler = preflightHandler(placeOfEnvironment, (place) =>
  preflight(place, inspector(place.slotsTable), new Date()),
)
