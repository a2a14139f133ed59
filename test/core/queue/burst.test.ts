// Many clusters at once: as much at a time as the site bears, every virtual lab in turn, and all of it comes true.
import { describe, expect, it } from 'vitest'
import { clusterName } from '../../../core/names.ts'
import { alwaysWrong, isEmpty, wrongAtRest } from '../../invariants.ts'
import { aName, create, eventsOf, get, remove, wishFor } from '../../wishes.ts'
import { makeWorld, unavailable, type World } from '../../world.ts'
import { aSite } from '../samples.ts'

const limited = (limits: Partial<World['site']['limits']>, network = {}) => {
  const site = aSite({ network })
  return makeWorld({ ...site, limits: { ...site.limits, ...limits } })
}
const underWay = ({ stacks }: World): number =>
  [...stacks.own.values()].filter(({ status }) => status.endsWith('_IN_PROGRESS')).length
const inFlight = ({ operations }: World) => operations.queue().inFlight

/** Until nothing changes any more: the most stacks under way at once, and in which order clusters began. */
async function watch(world: World, isOver: () => boolean) {
  let most = 0
  let seconds = 0
  for (; !isOver() && seconds < 40 * 3600; seconds += 10) {
    await world.advance(10)
    most = Math.max(most, underWay(world))
    expect(inFlight(world)).toBeLessThanOrEqual(world.site.limits.operationsInFlight)
  }
  return { most, seconds }
}

describe('1,000 creates at once of 20 virtual labs', () => {
  it('are all ready, never more in flight than allowed, each lab served in turn', async () => {
    const world = limited({ operationsInFlight: 40, startsPerMinute: 60 }, { clusterRange: '10.64.0.0/14' })
    world.knob.createSeconds = 120
    const labs = Array.from({ length: 20 }, (_, lab) => `lab-${lab}`)
    // The worst order for the last lab: each one asks for all of its fifty before the next one begins.
    for (const virtualLab of labs)
      for (let nth = 0; nth < 50; nth++) await create(world, { virtualLab, project: `p-${nth}` })
    const records = () => [...world.clusters.values()]
    const { most, seconds } = await watch(world, () => records().every((one) => one.readyAt))
    expect(records().every(({ status }) => status === 'CREATE_COMPLETE')).toBe(true)
    await world.advance(120)
    expect(wrongAtRest(world)).toEqual([])
    expect(most).toBe(40)

    const labOf = new Map(records().map(({ name, virtualLab }) => [name, virtualLab]))
    const began = world.stacks.created.map((stack) => labOf.get(stack.slice(0, -27)) ?? '')
    // The first lab found the site empty and took all of it. Those that came later are never more than a turn apart.
    const later = labs.slice(1)
    const spread = [100, 200, 400, 600, 800].map((nth) => {
      const shares = later.map((lab) => began.slice(0, nth).filter((one) => one === lab).length)
      return Math.max(...shares) - Math.min(...shares)
    })
    const floor = (1000 / 40) * world.knob.createSeconds
    console.log(
      `burst: 1,000 creates of 20 labs ready after ${seconds} s (floor ${floor} s), at most ${most} in flight, the last lab's first was the ${began.indexOf('lab-19') + 1}th, labs at most ${Math.max(...spread)} apart`,
    )
    expect(began).toHaveLength(1000)
    expect(Math.max(...spread)).toBeLessThanOrEqual(2)
    expect(began.indexOf('lab-19')).toBeLessThan(2 * 40)
    expect(seconds).toBeLessThan(1.2 * floor)
  }, 600_000)
})

describe('what waits', () => {
  const two = async (createSeconds = 300) => {
    const world = limited({ operationsInFlight: 1 })
    world.knob.createSeconds = createSeconds
    await create(world, wishFor('a'))
    await world.advance(5)
    await create(world)
    await world.advance(5)
    return world
  }

  it('sees its place, and the history tells that it waits and when its turn came', async () => {
    const world = await two()
    await create(world, wishFor('c'))
    await world.advance(5)
    expect(await get(world)).toMatchObject({
      status: 'CREATE_REQUEST_RECEIVED',
      queue: { position: 1, ahead: 0, waiting: 2 },
    })
    expect((await get(world, clusterName(wishFor('c')))).queue).toMatchObject({ position: 2, ahead: 1 })
    expect((await get(world, clusterName(wishFor('a')))).queue).toBeNull()
    await world.advance(1800)
    expect((await get(world)).queue).toBeNull()
    const told = (await eventsOf(world)).map(({ status, reason }) => status ?? reason)
    expect(told).toEqual([
      'CREATE_REQUEST_RECEIVED',
      'Queued',
      'Admitted',
      'CREATE_IN_PROGRESS',
      'CREATE_COMPLETE',
    ])
    expect(wrongAtRest(world)).toEqual([])
  })

  it('is looked at by nobody until its turn comes, and one read more is all that a GET of it costs', async () => {
    const world = await two(900)
    const before = world.calls.length
    await world.advance(240)
    const looks = world.calls.slice(before).filter(({ name }) => name === 'commit').length
    const passes = world.clusters.get(aName)?.version
    await world.advance(240)
    expect(world.clusters.get(aName)?.version).toBe(passes)
    expect(looks).toBeLessThan(30)
    const calls = world.calls.length
    await get(world)
    expect(world.calls.slice(calls).map(({ name }) => name)).toEqual(['getCluster', 'getQueue'])
  })

  it('does not fail for want of time that it spent waiting', async () => {
    const site = aSite({ limitSeconds: { ...aSite().limitSeconds, creating: 700 } })
    const world = makeWorld({ ...site, limits: { ...site.limits, operationsInFlight: 1 } })
    world.knob.createSeconds = 500
    for (const project of ['a', 'b', 'c']) await create(world, wishFor(project))
    await world.advance(1800)
    expect([...world.clusters.values()].map(({ status }) => status)).toEqual(Array(3).fill('CREATE_COMPLETE'))
  })

  it('fails as QueuedTooLong when its turn does not come', async () => {
    const site = aSite({ limitSeconds: { ...aSite().limitSeconds, queuing: 5000 } })
    const world = makeWorld({ ...site, limits: { ...site.limits, operationsInFlight: 1 } })
    world.knob.createSeconds = 10_000
    world.site.limitSeconds.creating = 20_000
    await create(world, wishFor('a'))
    await world.advance(5)
    await create(world)
    await world.advance(9000)
    expect(await get(world)).toMatchObject({ status: 'CREATE_FAILED', reason: 'QueuedTooLong', queue: null })
    expect(world.operations.queue().entries).toHaveLength(1)
  })

  it('and is not wanted any more is gone at once, without a turn', async () => {
    const world = await two()
    await remove(world)
    await world.advance(5)
    expect(world.clusters.has(aName)).toBe(false)
    expect(underWay(world)).toBe(1)
    await remove(world, clusterName(wishFor('a')))
    await world.advance(900)
    expect(isEmpty(world)).toBe(true)
  })

  it('is woken by the sweep when the one who should have done it died', async () => {
    const world = await two()
    world.fault = ({ name, nth }) =>
      name === 'getQueue' && nth % 2 ? { when: 'before', error: unavailable() } : undefined
    await world.advance(1800)
    world.fault = () => undefined
    await world.advance(600)
    expect(wrongAtRest(world)).toEqual([])
  })
})

describe('the site', () => {
  it('bears deletions and updates as part of what is in flight, deletions first', async () => {
    const world = limited({ operationsInFlight: 2 })
    for (const project of ['a', 'b', 'c']) await create(world, wishFor(project))
    await world.advance(1200)
    for (const project of ['d', 'e', 'f']) await create(world, wishFor(project))
    await world.advance(10)
    for (const project of ['a', 'b', 'c']) await remove(world, clusterName(wishFor(project)))
    const { most } = await watch(world, () => world.clusters.size === 3)
    expect(most).toBe(2)
    const ready = [...world.clusters.values()].filter(({ status }) => status === 'CREATE_COMPLETE')
    expect(ready.length).toBeLessThanOrEqual(2)
    await world.advance(1200)
    expect(wrongAtRest(world)).toEqual([])
  })

  it('begins no more in a minute than it may', async () => {
    const world = limited({ startsPerMinute: 3 })
    for (let nth = 0; nth < 12; nth++) await create(world, wishFor(`p-${nth}`))
    const begun = []
    for (let minute = 0; minute < 5; minute++) {
      await world.advance(60)
      begun.push(world.stacks.created.length)
    }
    for (const [nth, total] of begun.entries()) expect(total).toBeLessThanOrEqual(3 * (nth + 2))
    await world.advance(900)
    expect(wrongAtRest(world)).toEqual([])
  })

  it('never has more in flight than allowed when passes overtake each other', async () => {
    const world = limited({ operationsInFlight: 3 })
    for (let nth = 0; nth < 20; nth++) await create(world, wishFor(`p-${nth}`))
    let turns = 0
    world.turn = async () => {
      for (let left = ++turns % 5; left > 0; left--) await new Promise(setImmediate)
    }
    for (let round = 0; round < 3; round++) {
      const records = [...world.clusters.values()]
      await Promise.all(
        records.map(({ name, deploymentId }) => world.deliver({ name, deploymentId, prompt: true })),
      )
      expect(alwaysWrong(world)).toEqual([])
      expect(inFlight(world)).toBe(3)
    }
    world.turn = () => Promise.resolve()
    await world.advance(4 * 3600)
    expect(wrongAtRest(world)).toEqual([])
  })

  it('counts what was made before there was a queue, with the next write to it', async () => {
    const world = limited({ clustersPerVirtualLab: 2 })
    await create(world, wishFor('a'))
    await world.advance(900)
    const [record] = world.clusters.values()
    if (!record) throw new Error('there is no record')
    const { isCounted: _, ...old } = record
    world.clusters.set(old.name, old)
    world.operations.labs.clear()
    await world.advance(3700)
    expect(world.operations.clustersOf(record.virtualLab)).toBe(1)
    expect(wrongAtRest(world)).toEqual([])
    world.clusters.set(old.name, { ...old, version: world.clusters.get(old.name)?.version ?? 0 })
    world.operations.labs.clear()
    await remove(world, old.name)
    await world.advance(900)
    expect([...world.operations.labs.values()].every((count) => count === 0)).toBe(true)
  })
})
