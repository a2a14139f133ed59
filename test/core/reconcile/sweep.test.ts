// The sweep wakes what is overdue, and nothing else.
import { describe, expect, it } from 'vitest'
import { sweep } from '../../../core/reconcile/sweep.ts'
import { aName, create, get, wishFor } from '../../wishes.ts'
import { makeWorld } from '../../world.ts'

describe('the sweep', () => {
  it('wakes a cluster whose message was lost, and not before it is late', async () => {
    const world = makeWorld()
    world.network = () => []
    world.sweeps = false
    const { deploymentId } = await create(world)
    world.network = () => [0]
    await world.advance(29)
    expect(await sweep(world.context)).toBe(0)
    await world.advance(1)
    expect(await sweep(world.context)).toBe(1)
    expect(world.queue.map(({ message }) => message)).toEqual([{ name: aName, deploymentId }])
  })

  it('lets a settled cluster be until its audit', async () => {
    const world = makeWorld()
    await create(world)
    await world.advance(600)
    expect((await get(world)).status).toBe('CREATE_COMPLETE')
    world.sweeps = false
    await world.advance(3000)
    expect(await sweep(world.context)).toBe(0)
    await world.advance(700)
    expect(await sweep(world.context)).toBe(1)
  })

  it('brings along clusters that no message was left for, all of them', async () => {
    const world = makeWorld()
    world.network = () => []
    for (let i = 0; i < 45; i++) await create(world, wishFor(`p-${i}`))
    world.network = () => [0]
    await world.advance(1200)
    expect([...world.clusters.values()].map(({ status }) => status)).toEqual(
      Array(45).fill('CREATE_COMPLETE'),
    )
  })

  it('that fails is made good by the next one', async () => {
    const world = makeWorld()
    world.network = () => []
    await create(world)
    world.network = () => [0]
    let failed = false
    world.fault = ({ name }) => {
      if (name !== 'listDue' || failed) return undefined
      failed = true
      return { when: 'before', error: new Error('no') }
    }
    await world.advance(900)
    expect((await get(world)).status).toBe('CREATE_COMPLETE')
  })
})
