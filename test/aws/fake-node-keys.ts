// S3 as far as nodes' keys go, and what in-memory nodes confirm of them.
import * as s3 from '@aws-sdk/client-s3'
import { mockClient } from 'aws-sdk-client-mock'
import { keyKnobs, nodeKeys } from '../world/node-keys.ts'

const byObject = (key: string) => {
  const [name = '', deploymentId = ''] = key.split('/')
  return { name, deploymentId }
}

export function fakeNodeKeys(now: () => number) {
  const objects = mockClient(s3.S3Client)
  const { calls } = nodeKeys(now, keyKnobs())
  objects.on(s3.PutObjectCommand).callsFake(async ({ Key, Body }) => {
    await calls.putTrustedKeys(byObject(Key), Body)
    return {}
  })
  objects.on(s3.DeleteObjectCommand).callsFake(async ({ Key }) => {
    await calls.deleteTrustedKeys(byObject(Key))
    return {}
  })
  return { objects, confirmed: calls.getTrustedState }
}
