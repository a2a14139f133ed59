// API Gateway's door.
import { verbs } from '../core/verbs/index.ts'
import { withAudit } from './middleware/audit.ts'
import { contextOfEnvironment } from './middleware/env.ts'
import { httpHandler } from './middleware/http-handler.ts'

export const handler = httpHandler(contextOfEnvironment, verbs, withAudit)
