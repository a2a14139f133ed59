// The sweeper's doors: two routes of the API, and a daily schedule.
import { leftovers } from '../aws/leftovers.ts'
import { orphansHandler } from './middleware/orphans-handler.ts'
import { sweeperOfEnvironment } from './middleware/sweeper-env.ts'

export const handler = orphansHandler(() => {
  const { cloud, site, tables, settings } = sweeperOfEnvironment()
  return { cloud, site, settings, leftovers: leftovers({ cloud, site, tables, kinds: settings.kinds }) }
})
