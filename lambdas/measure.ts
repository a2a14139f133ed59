// A schedule's door: how many slots are free and how many clusters are stuck, as metrics.
import middy from '@middy/core'
import { gauges } from '../core/notices/measures.ts'
import { contextOfEnvironment } from './middleware/env.ts'
import { write } from './middleware/metrics.ts'

export const handler = middy().handler(async () => {
  const context = contextOfEnvironment()
  write(context.site.name, await gauges(context))
})
