// The door of the queue: one message, one pass. What throws is delivered again.
import middy from '@middy/core'
import type { SQSEvent, SQSRecord } from 'aws-lambda'
import type { Message } from '../../core/cloud.ts'
import { ClusterName } from '../../core/cluster.ts'
import type { Context } from '../../core/context.ts'
import { Instant } from '../../core/instant.ts'
import * as z from '../../core/zod.ts'
import { logger } from './logger.ts'

const Ulid = z.string().check(z.regex(/^[0-9a-z]{26}$/))
const Wake = z.object({
  // They become names of stacks and secrets.
  name: ClusterName,
  deploymentId: Ulid,
  requestedAt: z.optional(Instant),
  rotationId: z.optional(Ulid),
  missed: z.optional(z.int().check(z.nonnegative())),
  prompt: z.optional(z.boolean()),
})

// CloudFormation's status event, as EventBridge brings it. Ours are named by cluster and deployment; the rule also lets
// the app's own stacks and ParallelCluster's through, which are nobody's to look at.
const ourStack = /^arn:[^/]+:stack\/(hpc-[a-z0-9-]+)-([0-9a-z]{26})\/[^/]+$/
const StackEvent = z.pipe(
  z.object({ detail: z.object({ 'stack-id': z.string() }) }),
  z.transform(({ detail }) => {
    const [, name, deploymentId] = ourStack.exec(detail['stack-id']) ?? []
    return name && deploymentId ? { name, deploymentId, prompt: true } : 'notOurs'
  }),
)

const Body = z.union([Wake, StackEvent])

export function queueHandler(
  makeContext: () => Context,
  pass: (context: Context, message: Message) => Promise<unknown>,
) {
  let context: Context | undefined
  return middy<SQSEvent>().handler(async (event) => {
    for (const record of event.Records) {
      const message = messageOf(record)
      if (!message) continue
      context ??= makeContext()
      logger.keep({ cluster: message.name, deploymentId: message.deploymentId })
      logger.info('pass')
      const failure = await pass(context, message)
      if (failure) logger.error('a pass failed, which is on record', { error: failure as Error })
    }
  })
}

/** What is no message of this queue is logged and dropped: delivering it again would not cure it. */
function messageOf({ body, messageId }: SQSRecord): Message | undefined {
  const { data } = Body.safeParse(parseJson(body))
  if (data === undefined) logger.error('dropped a message that is not of this queue', { messageId })
  if (data === 'notOurs') logger.info("dropped an event of a stack that is no cluster's", { messageId })
  return data === 'notOurs' ? undefined : (data as Message | undefined)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
