// S3 and CloudWatch Logs as far as nodes' keys go: the in-memory nodes behind the two SDK clients.
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as s3 from '@aws-sdk/client-s3'
import { mockClient } from 'aws-sdk-client-mock'
import { keyKnobs, nodeKeys } from '../world/node-keys.ts'

const byObject = (key: string) => {
  const [name = '', deploymentId = ''] = key.split('/')
  return { name, deploymentId }
}

export function fakeNodeKeys(now: () => number) {
  const objects = mockClient(s3.S3Client)
  const groups = mockClient(logs.CloudWatchLogsClient)
  const { calls } = nodeKeys(now, keyKnobs())
  objects.on(s3.PutObjectCommand).callsFake(async ({ Key, Body }) => {
    await calls.putTrustedKeys(byObject(Key), Body)
    return {}
  })
  objects.on(s3.DeleteObjectCommand).callsFake(async ({ Key }) => {
    await calls.deleteTrustedKeys(byObject(Key))
    return {}
  })
  groups.on(logs.GetLogEventsCommand).callsFake(async ({ logGroupName, logStreamName }) => {
    const [, name = '', deploymentId = ''] =
      /^\/hpc-provisioner\/jobs\/([^/]+)\/([^/]+)$/.exec(logGroupName) ?? []
    const state = await calls.getTrustedState({ name, deploymentId })
    if (state === undefined || logStreamName !== 'keys')
      throw Object.assign(new Error('The log stream does not exist.'), { name: 'ResourceNotFoundException' })
    return { events: [{ timestamp: now(), message: JSON.stringify({ state }) }] }
  })
  return [objects, groups]
}
