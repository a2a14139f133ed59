// A thousand creates at the same moment, each with a place of its own, and nothing left of them after their deletion.
import { expect, it } from 'vitest'
import { aSite } from '../core/samples.ts'
import { alwaysWrong, isEmpty, wrongAtRest } from '../invariants.ts'
import { create, get, remove, wishFor } from '../wishes.ts'
import { makeWorld } from '../world.ts'

const atOnce = 1000

it(`${atOnce} creates at once have ${atOnce} subnets, all end, and are deleted to the last key`, async () => {
  // All begin at once: how a site bounds them is in test/core/queue/.
  const limits = {
    clustersPerVirtualLab: atOnce,
    operationsInFlight: 2 * atOnce,
    startsPerMinute: 100 * atOnce,
  }
  const world = makeWorld(aSite({ network: { clusterRange: '10.64.0.0/14' }, limits }))
  Object.assign(world.knob, { createSeconds: 60, rollbackSeconds: 10, deleteSeconds: 30 })
  // Whoever asks waits a turn or two at each call, so that all of them are under way at the same time.
  let turns = 0
  world.turn = async () => {
    for (let left = ++turns % 3; left > 0; left--) await new Promise(setImmediate)
  }
  // One in fifty fails to build.
  const wishes = Array.from({ length: atOnce }, (_, i) =>
    wishFor(i % 50 ? `at-once-${i}` : `fail-create-${i}`),
  )
  const started = performance.now()
  const clusters = await Promise.all(wishes.map((wish) => create(world, wish)))
  const accepted = performance.now()
  expect(new Set(clusters.map(({ subnet }) => subnet?.cidr)).size).toBe(atOnce)
  expect(world.slots.size).toBe(atOnce)

  world.turn = () => Promise.resolve()
  await world.advance(900)
  expect(wrongAtRest(world)).toEqual([])
  const statuses = await Promise.all(clusters.map(async ({ name }) => (await get(world, name)).status))
  const count = (status: string) => statuses.filter((one) => one === status).length
  expect([count('CREATE_COMPLETE'), count('CREATE_FAILED')]).toEqual([atOnce - atOnce / 50, atOnce / 50])
  const settled = performance.now()

  await Promise.all(clusters.map(({ name }) => remove(world, name)))
  expect(alwaysWrong(world)).toEqual([])
  await world.advance(900)
  expect(isEmpty(world)).toBe(true)
  const figures = {
    acceptedMs: Math.round(accepted - started),
    settledMs: Math.round(settled - accepted),
    callsPerCluster: Math.round(world.calls.length / atOnce),
  }
  console.log(`burst: ${atOnce} creates at once in memory: ${JSON.stringify(figures)}`)
}, 600_000)
