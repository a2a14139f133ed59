// The door of the Events table's stream: what comes through it, what does not, and what happens when the bus fails.
import { marshall } from '@aws-sdk/util-dynamodb'
import type { Context, DynamoDBStreamEvent } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import { streamHandler } from '../../lambdas/middleware/stream-handler.ts'
import { create } from '../wishes.ts'
import { type Fault, makeWorld, unavailable, type World } from '../world.ts'
import { caughtMetrics } from './log.ts'

const metrics = caughtMetrics()
const metricNames = () =>
  metrics
    .filter((line) => line.includes('_aws'))
    .map((line) => JSON.parse(line)._aws.CloudWatchMetrics[0].Metrics[0].Name)

async function aLife(): Promise<World> {
  const world = makeWorld()
  await create(world)
  await world.advance(1800)
  return world
}
const images = (world: World) => world.events.map((event) => marshall(event, { removeUndefinedValues: true }))
const stream = (...newImages: unknown[]) =>
  ({
    Records: newImages.map((NewImage) => ({ eventName: 'INSERT', dynamodb: { NewImage } })),
  }) as DynamoDBStreamEvent
const deliver = (world: World, event: DynamoDBStreamEvent) =>
  streamHandler(() => world.context)(event, {} as Context)

describe('the stream', () => {
  it('is told to the bus, and counted', async () => {
    const world = await aLife()
    await deliver(world, stream(...images(world)))
    expect(world.published.map(({ type }) => type)).toEqual(['Cluster Ready'])
    expect(metricNames()).toEqual(['Creations', 'CreationSeconds'])
  })

  it('is not held up by what is no event', async () => {
    const world = await aLife()
    const removal = undefined
    await deliver(world, stream({ cluster: { S: 'x' } }, removal, {}, ...images(world)))
    expect(world.published).toHaveLength(1)
  })

  it.each<Fault['when']>(['before', 'after'])(
    'comes again when the bus fails %s it was told: nothing is lost, nothing is counted before',
    async (when) => {
      const world = await aLife()
      const error = unavailable()
      world.fault = ({ name }) => (name === 'publish' ? { when, error } : undefined)
      await expect(deliver(world, stream(...images(world)))).rejects.toBe(error)
      expect(metricNames()).toEqual([])
      world.fault = () => undefined
      await deliver(world, stream(...images(world)))
      const ids = world.published.map(({ detail }) => detail.id)
      // Twice at the most, and a receiver knows it by its id.
      expect(ids).toHaveLength(when === 'after' ? 2 : 1)
      expect(new Set(ids).size).toBe(1)
      expect(metricNames()).toEqual(['Creations', 'CreationSeconds'])
    },
  )
})
