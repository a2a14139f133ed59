// The queue's door: our own messages, CloudFormation's events, and what is neither.
import type { Context, SQSEvent } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import type { Message } from '../../core/cloud.ts'
import { stackName } from '../../core/names.ts'
import { reconcile } from '../../core/reconcile/reconcile.ts'
import { queueHandler } from '../../lambdas/middleware/queue-handler.ts'
import { aName, create } from '../wishes.ts'
import { makeWorld } from '../world.ts'
import { caughtLog } from './log.ts'

const deploymentId = '01k0abcdefghjkmnpqrstvwxyz'
const stackId = (name: string) => `arn:aws:cloudformation:eu-west-1:123456789012:stack/${name}/0b7e-11f0`
const stackEvent = (name: string) => ({
  source: 'aws.cloudformation',
  'detail-type': 'CloudFormation Stack Status Change',
  detail: { 'stack-id': stackId(name), 'status-details': { status: 'CREATE_COMPLETE' } },
})

const log = caughtLog()

async function passesOf(...bodies: string[]): Promise<Message[]> {
  const seen: Message[] = []
  const handler = queueHandler(
    () => makeWorld().context,
    async (_, message) => void seen.push(message),
  )
  await handler(batch(...bodies), {} as Context)
  return seen
}
const batch = (...bodies: string[]) =>
  ({ Records: bodies.map((body, i) => ({ body, messageId: `message-${i}` })) }) as SQSEvent

describe('a message', () => {
  it.each<Message>([
    { name: aName, deploymentId },
    { name: aName, deploymentId, prompt: true },
    { name: aName, deploymentId, requestedAt: '2026-08-01T00:00:00.000Z' },
    { name: aName, deploymentId, rotationId: deploymentId, missed: 2 },
  ])('of our own is passed on as it is: %j', async (message) => {
    expect(await passesOf(JSON.stringify(message))).toEqual([message])
  })

  it("of CloudFormation about a cluster's stack says which cluster, and asks for a look now", async () => {
    const body = JSON.stringify(stackEvent(stackName({ name: aName, deploymentId })))
    expect(await passesOf(body)).toEqual([{ name: aName, deploymentId, prompt: true }])
  })

  it.each([
    ['', 'it is empty'],
    ['{', 'it is no JSON'],
    ['null', 'it is null'],
    ['{"name":"x"}', 'it has no deployment'],
    ['{"name":1,"deploymentId":"y"}', 'its name is no text'],
    ['{"name":"x","deploymentId":"y","requestedAt":"soon"}', 'its time is none'],
    ...['', '../admin-ssh-key', `${deploymentId}x`, deploymentId.toUpperCase()].map((rotationId) => [
      JSON.stringify({ name: aName, deploymentId, rotationId }),
      'its rotation is none, and would name a secret',
    ]),
  ])('%j is dropped and logged as an error, because %s', async (body) => {
    expect(await passesOf(body)).toEqual([])
    expect(log.join()).toMatch(/"level":"ERROR".*message-0/)
  })

  it.each([
    [JSON.stringify(stackEvent('hpc-provisioner-example-service')), "the stack is the app's own"],
    [JSON.stringify(stackEvent(aName)), "the stack is ParallelCluster's own"],
  ])('%j is dropped and no error, because %s', async (body) => {
    expect(await passesOf(body)).toEqual([])
    expect(log.join()).toMatch(/"level":"INFO".*message-0/)
  })

  it('that is dropped does not hold up the next', async () => {
    expect(await passesOf('{', JSON.stringify({ name: aName, deploymentId }))).toHaveLength(1)
  })

  it('whose pass throws is thrown, so that the queue brings it again', async () => {
    const handler = queueHandler(
      () => makeWorld().context,
      () => Promise.reject(new Error('try again')),
    )
    await expect(
      handler(batch(JSON.stringify({ name: aName, deploymentId })), {} as Context),
    ).rejects.toThrow('try again')
  })

  it('leads to a pass over the cluster', async () => {
    const world = makeWorld()
    const { name, deploymentId } = await create(world)
    const handler = queueHandler(() => world.context, reconcile)
    await handler(batch(JSON.stringify({ name, deploymentId })), {} as Context)
    expect(world.stacks.created).toEqual([stackName({ name, deploymentId })])
    expect(log.join('\n')).not.toContain('PRIVATE KEY')
  })
})
