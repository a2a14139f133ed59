// What the stream of the Events table brings.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { ClusterEvent } from '../core/cluster.ts'

/** The event that was written; undefined for what is none, as a removal. */
export const eventOfImage = (image: Record<string, AttributeValue> | undefined): ClusterEvent | undefined =>
  image && ClusterEvent.safeParse(unmarshall(image)).data
