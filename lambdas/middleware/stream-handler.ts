// The door of a table's stream. What throws comes again, the whole batch of it, until it is over or a day old: each
// notice goes out at least once, and those of one cluster in their order.
import middy from '@middy/core'
import type { DynamoDBStreamEvent } from 'aws-lambda'
import { eventOfImage } from '../../aws/table-stream.ts'
import type { Context } from '../../core/context.ts'
import { measuresOf } from '../../core/notices/measures.ts'
import { noticeOf } from '../../core/notices/notice.ts'
import { logger } from './logger.ts'
import { write } from './metrics.ts'

export function streamHandler(makeContext: () => Context) {
  let context: Context | undefined
  return middy<DynamoDBStreamEvent>().handler(async ({ Records }) => {
    context ??= makeContext()
    // An image that is no event would be none the next time either: it must not hold up those behind it.
    const notices = Records.flatMap(
      ({ dynamodb }) => eventOfImage(dynamodb?.NewImage as never) ?? [],
    ).flatMap((event) => noticeOf(event) ?? [])
    await context.cloud.publish(notices)
    write(context.site.name, notices.flatMap(measuresOf))
    logger.info('told', { events: Records.length, notices: notices.length })
  })
}
