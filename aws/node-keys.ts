// What nodes shall trust, as an object in S3 that they read; and what the head node has confirmed, in its log group.
import {
  CloudWatchLogsClient,
  type CloudWatchLogsClientConfig,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { DeleteObjectCommand, PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import type { Cloud } from '../core/cloud.ts'
import { jobLogGroupName } from '../core/names.ts'
import { trustedKeysObject } from '../core/rotation.ts'
import * as z from '../core/zod.ts'
import { isNamed, sending } from './errors.ts'

/** As cluster-configs/scripts/node-keys.sh names it. */
export const keysStream = 'keys'

const Confirmed = z.object({ state: z.string() })

export function nodeKeys(
  config: S3ClientConfig & CloudWatchLogsClientConfig,
  bucket: string,
): Pick<Cloud, 'putTrustedKeys' | 'getTrustedState' | 'deleteTrustedKeys'> {
  const s3 = new S3Client(config)
  const logs = new CloudWatchLogsClient(config)
  return {
    async putTrustedKeys(of, text) {
      await sending(
        s3.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: trustedKeysObject(of),
            Body: text,
            ContentType: 'text/plain',
          }),
        ),
      )
    },

    async deleteTrustedKeys(of) {
      await sending(s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: trustedKeysObject(of) })))
    },

    async getTrustedState(of) {
      try {
        const { events = [] } = await sending(
          logs.send(
            new GetLogEventsCommand({
              logGroupName: jobLogGroupName(of),
              logStreamName: keysStream,
              startFromHead: false,
              limit: 1,
            }),
          ),
        )
        return stateIn(events.at(-1)?.message)
      } catch (error) {
        // Nothing was confirmed yet.
        if (isNamed(error, 'ResourceNotFoundException')) return undefined
        throw error
      }
    },
  }
}

/** A node writes it, so it may be anything. */
function stateIn(message: string | undefined): string | undefined {
  try {
    return Confirmed.parse(JSON.parse(message ?? '')).state
  } catch {
    return undefined
  }
}
