// A cluster that fails is data: it ends as CREATE_FAILED with the real reason, holds nothing, and can be asked for again.
import { describe, expect, it } from 'vitest'
import { clusterName, stackName } from '../../core/names.ts'
import { passSeconds } from '../../core/reconcile/decide.ts'
import { wrongAtRest } from '../invariants.ts'
import { aName, create, eventsOf, get, remove, wishFor } from '../wishes.ts'
import { makeWorld, unavailable } from '../world.ts'

const failing = wishFor('fail-create-1')
const failingName = clusterName(failing)

describe('a create that fails', () => {
  it("is CREATE_FAILED with CloudFormation's reason, and not before both stacks are gone", async () => {
    const world = makeWorld()
    world.knob.lingerSeconds = 500
    await create(world, failing)
    let status = ''
    for (let seconds = 0; status !== 'CREATE_FAILED' && seconds < 3600; seconds += 5) {
      await world.advance(5)
      status = (await get(world, failingName)).status
      if (status !== 'CREATE_FAILED') expect(world.slots.size).toBe(1)
    }
    expect(world.stacks.own.size + world.stacks.pcluster.size).toBe(0)
    expect(await get(world, failingName)).toMatchObject({
      status: 'CREATE_FAILED',
      reason: 'CreateFailed',
      message: expect.stringContaining('its project asks for it'),
      subnet: null,
      ssh: null,
    })
    expect(world.slots.size + world.secrets.size + world.keyPairs.size).toBe(0)
    await world.advance(3600)
    expect(wrongAtRest(world)).toEqual([])
    const told = (await eventsOf(world, failingName)).map(({ type, status, reason }) => [
      type,
      status,
      reason,
    ])
    expect(told.slice(2)).toEqual([
      ['Failure', undefined, 'CreateFailed'],
      ['Status', 'CREATE_FAILED', 'CreateFailed'],
    ])
  })

  it('can be asked for again at once, with a deployment and keys of its own', async () => {
    const world = makeWorld()
    const first = await create(world, failing)
    await world.advance(1200)
    expect((await get(world, failingName)).status).toBe('CREATE_FAILED')
    const second = await create(world, { ...failing, tier: 'prod-batch' })
    expect(second).toMatchObject({ status: 'CREATE_REQUEST_RECEIVED', tier: 'prod-batch', reason: null })
    expect(second.deploymentId).not.toBe(first.deploymentId)
    expect(second.ssh?.userKeySecretArn).not.toBe(first.ssh?.userKeySecretArn)
    await world.advance(1200)
    expect((await get(world, failingName)).status).toBe('CREATE_FAILED')
    expect(wrongAtRest(world)).toEqual([])
  })

  it('keeps its own reason when its clean-up is stuck for a while', async () => {
    const world = makeWorld()
    await create(world, failing)
    world.knob.stuckDeletions = 2
    await world.advance(3600)
    expect(await get(world, failingName)).toMatchObject({ status: 'CREATE_FAILED', reason: 'CreateFailed' })
    expect((await eventsOf(world, failingName)).map(({ reason }) => reason)).toContain('StackStuck')
    expect(wrongAtRest(world)).toEqual([])
  })

  const reasons = [
    {
      because: 'CloudFormation does not take the template, now or later',
      reason: 'StackRefused',
      given: (world: ReturnType<typeof makeWorld>) => {
        world.knob.refuses = 'Template format error'
      },
    },
    {
      because: 'no zone offers the instance types',
      reason: 'NoZone',
      given: (world: ReturnType<typeof makeWorld>) => {
        world.offers = () => false
      },
    },
    {
      because: 'the stack is not complete within the limit',
      reason: 'TimedOut',
      given: (world: ReturnType<typeof makeWorld>) => {
        world.knob.createSeconds = 100_000
      },
    },
    {
      because: 'someone else deleted the stack while it was being built',
      reason: 'StackVanished',
      given: (world: ReturnType<typeof makeWorld>) => {
        world.network = ({ prompt }) => (prompt ? [] : [0])
        world.turn = async (name) => {
          const stack = [...world.stacks.own.values()][0]
          if (name === 'getStack' && stack && world.now().getTime() > (stack.until ?? 0) - 200_000)
            world.vanish(stack.name)
        }
      },
    },
    {
      because: "ParallelCluster's own stack of that name never goes away",
      reason: 'TimedOut',
      given: (world: ReturnType<typeof makeWorld>) => {
        world.stacks.pcluster.set(aName, { owner: 'someone', until: world.now().getTime() + 4000_000 })
      },
    },
  ]
  it.each(reasons)('is $reason where $because', async ({ reason, given }) => {
    const world = makeWorld()
    given(world)
    await create(world)
    await world.advance(3 * 3600)
    expect(await get(world)).toMatchObject({ status: 'CREATE_FAILED', reason })
    expect(wrongAtRest(world)).toEqual([])
  })
})

describe('the start of a stack', () => {
  it('that never succeeds is told once, and given up after the limit that runs from the first attempt', async () => {
    const world = makeWorld()
    world.fault = ({ name }) =>
      name === 'createStack' ? { when: 'before', error: unavailable() } : undefined
    await create(world)
    await world.advance(2 * 3600)
    expect(await get(world)).toMatchObject({ status: 'CREATE_FAILED', reason: 'TimedOut' })
    const told = (await eventsOf(world)).map(({ status }) => status)
    expect(told.filter((status) => status === 'CREATE_IN_PROGRESS')).toHaveLength(1)
    expect(wrongAtRest(world)).toEqual([])
  })

  it("waits while ParallelCluster's own stack of that name exists, because a rollback would delete that one", async () => {
    const world = makeWorld()
    world.stacks.pcluster.set(aName, { owner: 'someone', until: world.now().getTime() + 300_000 })
    await create(world)
    await world.advance(290)
    expect(world.stacks.created).toEqual([])
    await world.advance(600)
    expect(await get(world)).toMatchObject({ status: 'CREATE_COMPLETE' })
    expect(world.stacks.created).toHaveLength(1)
    expect(wrongAtRest(world)).toEqual([])
  })

  it('chooses a zone that offers the types, and only one of those', async () => {
    const world = makeWorld()
    world.offers = (zone) => zone === 'eu-west-1b'
    await Promise.all(['a', 'b', 'c'].map((project) => create(world, wishFor(project))))
    await world.advance(60)
    for (const { zone } of world.clusters.values()) expect(zone).toBe('eu-west-1b')
  })

  it('asks nobody where the site says that all zones offer all', async () => {
    const world = makeWorld()
    world.site.network.zoneOfferings = 'all'
    await create(world)
    await world.advance(600)
    expect(world.calls.map(({ name }) => name)).not.toContain('zonesOffering')
    expect(world.clusters.get(aName)?.zone).toBeTruthy()
  })

  it.each([
    { seconds: 30, because: 'the record waits for passes that may be held up' },
    { seconds: 300, because: 'the events of a stack without a record have it removed' },
  ])(
    'that comes $seconds s late, after the wish that its cluster be gone, leaves no stack: $because',
    async ({ seconds }) => {
      const world = makeWorld()
      const { deploymentId } = await create(world)
      let release = () => {}
      const held = new Promise<void>((resolve) => {
        release = resolve
      })
      world.turn = (name) => (name === 'createStack' ? held : Promise.resolve())
      const late = world.deliver({ name: aName, deploymentId })
      await new Promise(setImmediate)
      await remove(world)
      await world.advance(seconds)
      expect(world.clusters.size).toBe(seconds < passSeconds ? 1 : 0)
      world.turn = () => Promise.resolve()
      release()
      await late
      await world.advance(1200)
      expect(world.stacks.created).toEqual([stackName({ name: aName, deploymentId })])
      expect(wrongAtRest(world)).toEqual([])
      expect(world.clusters.size).toBe(0)
    },
  )
})
