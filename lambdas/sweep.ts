// The schedule's door: wakes every cluster whose look is overdue, so that a lost message does no harm.
import middy from '@middy/core'
import { sweep } from '../core/reconcile/sweep.ts'
import { contextOfEnvironment } from './middleware/env.ts'
import { logger } from './middleware/logger.ts'

export const handler = middy().handler(async () => {
  const woken = await sweep(contextOfEnvironment())
  logger.info('swept', { woken })
})
