// The queue's door: one message, one pass over one cluster.
import { reconcile } from '../core/reconcile/reconcile.ts'
import { contextOfEnvironment } from './middleware/env.ts'
import { queueHandler } from './middleware/queue-handler.ts'

export const handler = queueHandler(contextOfEnvironment, reconcile)
