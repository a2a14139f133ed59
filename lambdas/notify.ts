// The door of the Events table's stream: tells the event bus what became of clusters, and counts it.
import { contextOfEnvironment } from './middleware/env.ts'
import { streamHandler } from './middleware/stream-handler.ts'

export const handler = streamHandler(contextOfEnvironment)
