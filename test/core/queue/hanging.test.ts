// Operations that last longer than they should: what is at work for them is counted until it really is over.
import { describe, expect, it } from 'vitest'
import { outlivedSeconds } from '../../../core/queue/end-turn.ts'
import { isEmpty, wrongAtRest } from '../../invariants.ts'
import { aName, create, eventsOf, get, remove, update, wishFor } from '../../wishes.ts'
import { atWork } from '../../world/at-work.ts'
import { makeWorld, type World } from '../../world.ts'
import { aSite } from '../samples.ts'

const limited = (operationsInFlight: number) =>
  makeWorld(aSite({ limits: { ...aSite().limits, operationsInFlight } }))
const inFlight = ({ operations }: World) => operations.queue().inFlight
const hour = 3600
const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' })

describe('a deletion that hangs', () => {
  it('keeps its place while CloudFormation waits for the provider, and so does each retry', async () => {
    const world = limited(2)
    const made = []
    for (let nth = 0; nth < 6; nth++) made.push(await create(world, wishFor(`p-${nth}`)))
    await world.advance(3 * hour)
    world.knob.silentProvider = true
    for (const { name } of made) await remove(world, name)
    let most = 0
    for (let minutes = 0; minutes < 12 * 60; minutes++) {
      await world.advance(60)
      most = Math.max(most, atWork(world.stacks))
      expect(atWork(world.stacks)).toBeLessThanOrEqual(inFlight(world))
    }
    expect(most).toBe(2)
    expect(world.stacks.violations).toEqual([])
    world.knob.silentProvider = false
    await world.advance(48 * hour)
    expect(isEmpty(world)).toBe(true)
  })

  it('gives its place back as soon as CloudFormation has given up', async () => {
    const world = limited(1)
    await create(world)
    await world.advance(hour)
    world.knob.stuckDeletions = 1
    await remove(world)
    await world.advance(105)
    expect(await get(world)).toMatchObject({ status: 'DELETE_FAILED', reason: 'StackStuck' })
    expect(inFlight(world)).toBe(0)
    await create(world, wishFor('other'))
    await world.advance(10)
    // The retry is due while the other one has the only place.
    await world.advance(120)
    expect((await get(world)).queue).toMatchObject({ position: 1 })
    expect(inFlight(world)).toBe(1)
    await world.advance(900)
    expect(world.clusters.has(aName)).toBe(false)
    expect(wrongAtRest(world)).toEqual([])
  })

  it('gives it back while the record stays for what is left', async () => {
    const world = limited(1)
    await create(world)
    await world.advance(hour)
    world.knob.held = ['Subnet']
    await remove(world)
    await world.advance(6 * hour)
    expect(await get(world)).toMatchObject({ status: 'DELETE_FAILED', reason: 'Leftovers' })
    expect(inFlight(world)).toBe(0)
  })

  it('gives it back when nobody could look for longer than anything can be at work', async () => {
    const world = limited(1)
    await create(world)
    await world.advance(hour)
    await remove(world)
    await world.advance(10)
    world.fault = ({ name }) => (name === 'getStack' ? { when: 'before', error: denied } : undefined)
    await world.advance(2 * hour)
    expect(await get(world)).toMatchObject({ status: 'DELETE_FAILED', reason: 'PassFails' })
    expect(inFlight(world)).toBe(1)
    await world.advance(outlivedSeconds + hour)
    expect(inFlight(world)).toBe(0)
  })
})

describe('an update', () => {
  const ready = async (updateSeconds: number, project?: string) => {
    const world = limited(1)
    const { name } = await create(world, project ? wishFor(project) : {})
    await world.advance(hour)
    world.knob.updateSeconds = updateSeconds
    await update(world, { maxNodes: 9 }, name)
    return { world, name }
  }

  it.each([
    { end: 'UPDATE_COMPLETE', project: 'late' },
    { end: 'UPDATE_FAILED', project: 'fail-update-1' },
  ])('that hangs keeps its place until it ends as $end', async ({ end, project }) => {
    const { world, name } = await ready(3 * hour, project)
    await world.advance(2 * hour + 600)
    expect(await get(world, name)).toMatchObject({ status: 'UPDATE_FAILED', reason: 'UpdateTimedOut' })
    await create(world, wishFor('other'))
    await world.advance(30)
    expect([atWork(world.stacks), inFlight(world)]).toEqual([1, 1])
    await world.advance(hour)
    expect(await get(world, name)).toMatchObject({ status: end })
    await world.advance(hour)
    expect(world.stacks.violations).toEqual([])
    expect(world.stacks.created).toHaveLength(2)
    expect(inFlight(world)).toBe(0)
  })

  it('that CloudFormation refuses gives its place back', async () => {
    const { world } = await ready(60)
    world.knob.refuses = 'Template format error'
    await world.advance(60)
    expect(await get(world)).toMatchObject({ status: 'UPDATE_FAILED', reason: 'UpdateRefused' })
    expect(inFlight(world)).toBe(0)
    expect((await eventsOf(world)).at(-1)).toMatchObject({ reason: 'UpdateRefused' })
  })
})
