// The door of the queue: one message, one pass. What throws is delivered again.
import middy from '@middy/core'
import type { SQSEvent, SQSRecord } from 'aws-lambda'
import * as z from 'zod'
import type { Message } from '../../core/cloud.ts'
import type { Context } from '../../core/context.ts'
import { logger } from './logger.ts'

const Wake = z.object({
  name: z.string(),
  deploymentId: z.string(),
  requestedAt: z.iso.datetime().optional(),
  prompt: z.boolean().optional(),
})

// CloudFormation's status event, as EventBridge brings it; our stacks are named by cluster and deployment.
const StackEvent = z
  .object({ detail: z.object({ 'stack-id': z.string() }) })
  .transform(({ detail }) => /:stack\/(hpc-[a-z0-9-]+)-([0-9a-z]{26})\//.exec(detail['stack-id']))
  .refine((match) => match !== null)
  .transform((match) => ({ name: match[1] ?? '', deploymentId: match[2] ?? '', prompt: true }))

const Body = z.union([Wake, StackEvent])

export function queueHandler(
  makeContext: () => Context,
  pass: (context: Context, message: Message) => Promise<void>,
) {
  let context: Context | undefined
  return middy<SQSEvent>().handler(async (event) => {
    for (const record of event.Records) {
      const message = messageOf(record)
      if (!message) continue
      context ??= makeContext()
      logger.resetKeys()
      logger.appendKeys({ cluster: message.name, deploymentId: message.deploymentId })
      logger.info('pass')
      await pass(context, message)
    }
  })
}

/** A message that is not one of ours is logged and dropped: delivering it again would not cure it. */
function messageOf({ body, messageId }: SQSRecord): Message | undefined {
  try {
    return Body.parse(JSON.parse(body)) as Message
  } catch {
    logger.error('dropped a message that is not of this queue', { messageId })
    return undefined
  }
}
