// What the world is told of a cluster: a rule on the environment's bus brings each turn of its life to a queue.
import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NoticeDetail } from '../../core/notices/notice.ts'
import * as z from '../../core/zod.ts'
import { client, gone, outputs, until } from './caller.ts'

const { endpointUrl: endpoint, region } = outputs
const aws = { endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
const [events, sqs] = [new EventBridgeClient(aws), new SQSClient(aws)]
const EventBusName = 'hpc-provisioner-local'
const Rule = 'e2e-notices'
let QueueUrl = ''

beforeAll(async () => {
  QueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: Rule }))).QueueUrl ?? ''
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  )
  // As docs/events.md shows it.
  const EventPattern = JSON.stringify({
    source: ['hpc-provisioner'],
    detail: { virtualLab: ['e2e-notices'] },
  })
  await events.send(new PutRuleCommand({ Name: Rule, EventBusName, EventPattern }))
  await events.send(
    new PutTargetsCommand({ Rule, EventBusName, Targets: [{ Id: 'queue', Arn: Attributes?.QueueArn }] }),
  )
})
afterAll(async () => {
  await events.send(new RemoveTargetsCommand({ Rule, EventBusName, Ids: ['queue'] }))
  await events.send(new DeleteRuleCommand({ Name: Rule, EventBusName }))
  await sqs.send(new DeleteQueueCommand({ QueueUrl }))
})

type Told = { source: string; 'detail-type': string; detail: unknown }
const told: Told[] = []

/** Listens until a notice of that kind has come. */
async function heard(type: string): Promise<NoticeDetail> {
  for (let tries = 0; tries < 30; tries++) {
    const found = told.find((one) => one['detail-type'] === type)
    if (found) return z.strictObject(NoticeDetail.shape).parse(found.detail)
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2, MaxNumberOfMessages: 10 }),
    )
    for (const { Body = '', ReceiptHandle } of Messages) {
      told.push(JSON.parse(Body))
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    }
  }
  throw new Error(`No notice ${type} has come; these have: ${told.map((one) => one['detail-type'])}`)
}

test('ready, deleting and deleted are told, with the cluster’s name and where its job log is', async () => {
  const asked = await client.call('createCluster', { virtualLab: 'e2e-notices', project: 'told' })
  const { name, deploymentId, jobLogGroup } = asked
  const ready = await heard('Cluster Ready')
  expect(ready).toMatchObject({
    version: '1',
    cluster: name,
    virtualLab: 'e2e-notices',
    project: 'told',
    deploymentId,
    status: 'CREATE_COMPLETE',
    seconds: expect.any(Number),
    jobLogGroup,
  })
  await client.call('deleteCluster', { name })
  expect(await heard('Cluster Deleting')).toMatchObject({ cluster: name, deploymentId })
  await gone(name)
  expect(await heard('Cluster Deleted')).toMatchObject({ cluster: name, seconds: expect.any(Number) })
  expect(told.map((one) => one.source)).toEqual(told.map(() => 'hpc-provisioner'))
})

test('a failure is told with its reason, and nothing secret', async () => {
  const { name } = await client.call('createCluster', { virtualLab: 'e2e-notices', project: 'fail-create' })
  await until(name, (seen) => seen?.status === 'CREATE_FAILED')
  expect(await heard('Cluster Failed')).toMatchObject({
    cluster: name,
    status: 'CREATE_FAILED',
    reason: 'CreateFailed',
    message: expect.stringContaining('fail-create'),
  })
  await client.call('deleteCluster', { name })
  await gone(name)
  expect(JSON.stringify(told)).not.toMatch(/PRIVATE KEY|secretsmanager/)
})
