// The bus on which the world is told of clusters.
import {
  EventBridgeClient,
  type EventBridgeClientConfig,
  PutEventsCommand,
} from '@aws-sdk/client-eventbridge'
import type { Cloud } from '../core/cloud.ts'
import { noticeSource } from '../core/notices/notice.ts'
import { sending, unavailable } from './errors.ts'

/** So many entries a request may have (API reference, PutEvents). */
const mostEntries = 10

export function eventBus(config: EventBridgeClientConfig, busName: string): Pick<Cloud, 'publish'> {
  const client = new EventBridgeClient(config)
  return {
    async publish(notices) {
      for (let from = 0; from < notices.length; from += mostEntries) {
        const Entries = notices.slice(from, from + mostEntries).map(({ type, detail }) => ({
          EventBusName: busName,
          Source: noticeSource,
          DetailType: type,
          Time: new Date(detail.at),
          Resources: [],
          Detail: JSON.stringify(detail),
        }))
        const { FailedEntryCount = 0, Entries: answers } = await sending(
          client.send(new PutEventsCommand({ Entries })),
        )
        // Some may have gone out; all of them come again, and receivers know them by their id.
        if (FailedEntryCount > 0)
          throw unavailable(new Error(answers?.find(({ ErrorCode }) => ErrorCode)?.ErrorMessage))
      }
    },
  }
}
