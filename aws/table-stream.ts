// What the stream of the Events table brings.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { ClusterEvent } from '../core/cluster.ts'

/** The event that was written; undefined for what is none, as a removal. It never throws: the stream would stand still. */
export function eventOfImage(image: Record<string, AttributeValue> | undefined): ClusterEvent | undefined {
  if (!image) return undefined
  try {
    return ClusterEvent.safeParse(unmarshall(image)).data
  } catch {
    // No image of DynamoDB's own.
    return undefined
  }
}
