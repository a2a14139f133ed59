// The queue by which a cluster is looked at again.
import { SendMessageCommand, SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs'
import type { Cloud } from '../core/cloud.ts'
import { sending } from './errors.ts'

export function queue(config: SQSClientConfig, queueUrl: string): Pick<Cloud, 'wake'> {
  const client = new SQSClient(config)
  return {
    async wake(message, delaySeconds) {
      await sending(
        client.send(
          new SendMessageCommand({
            QueueUrl: queueUrl,
            MessageBody: JSON.stringify(message),
            DelaySeconds: delaySeconds,
          }),
        ),
      )
    },
  }
}
