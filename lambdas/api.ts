// API Gateway's door.
import { contextOfEnvironment } from './middleware/env.ts'
import { httpHandler } from './middleware/http-handler.ts'

export const handler = httpHandler(contextOfEnvironment)
