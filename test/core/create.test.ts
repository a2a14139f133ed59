// Asking for clusters: the same wish, other wishes, many at once, and wishes that are refused before anything is made.
import { describe, expect, it } from 'vitest'
import type { Message } from '../../core/cloud.ts'
import { AppError } from '../../core/errors.ts'
import { slotCount } from '../../core/slots.ts'
import { wrongAtRest } from '../invariants.ts'
import { aName, aWish, codeOf, create, get, refusal, wishFor } from '../wishes.ts'
import { makeWorld, type World } from '../world.ts'
import { aSite } from './samples.ts'

const nothingMade = ({ clusters, slots, secrets, keyPairs, queue, events }: World) =>
  [clusters, slots, secrets, keyPairs].every(({ size }) => size === 0) && queue.length + events.length === 0
const small = (slots: number) =>
  makeWorld(aSite({ network: { clusterRange: `10.64.0.0/${24 - Math.log2(slots)}` } }))

describe('the same wish again', () => {
  it.each([0, 30, 600])(
    '%i s later answers the same deployment and ARNs, and writes nothing',
    async (seconds) => {
      const world = makeWorld()
      const first = await create(world)
      await world.advance(seconds)
      world.calls.length = 0
      const second = await create(world)
      expect(second.ssh?.userKeySecretArn).toBe(first.ssh?.userKeySecretArn)
      expect(second.ssh?.adminKeySecretArn).toBe(first.ssh?.adminKeySecretArn)
      expect(second.deploymentId).toBe(first.deploymentId)
      expect(world.calls).toHaveLength(1)
    },
  )

  it.each([2, 5, 16])('%i times at once makes one cluster and answers it to all', async (times) => {
    const world = makeWorld()
    const answers = await Promise.all(Array.from({ length: times }, () => create(world)))
    expect(new Set(answers.map(({ ssh }) => ssh?.userKeySecretArn)).size).toBe(1)
    expect(world.secrets.size).toBe(2)
    await world.advance(600)
    expect(world.stacks.created).toHaveLength(1)
    expect(wrongAtRest(world)).toEqual([])
  })

  it('is answered with keys that are there, also when its own write came back as lost to another', async () => {
    const world = makeWorld()
    const lost = new AppError('Conflict', 'written, its answer lost, sent again by the SDK')
    world.fault = ({ name }) => (name === 'commit' ? { when: 'after', error: lost } : undefined)
    await create(world)
    expect(world.secrets.size).toBe(2)
    world.fault = () => undefined
    await world.advance(600)
    expect(wrongAtRest(world)).toEqual([])
  })

  it('by the compatible route answers the cluster that is there, whatever its shape', async () => {
    const world = makeWorld()
    const { ssh } = await create(world)
    const { pclusterCreate } = await import('../../core/verbs/pcluster.ts')
    const { cluster } = await pclusterCreate(world.context, {
      vlab_id: aWish.virtualLab,
      project_id: aWish.project,
      tier: 'prod-mpi',
      include_lustre: false,
      benchmark: true,
      dev: false,
    })
    expect(cluster).toMatchObject({ clusterName: aName, user_private_ssh_key_arn: ssh?.userKeySecretArn })
    expect((await get(world)).tier).toBe('debug')
  })
})

describe('a wish that is refused', () => {
  it('names every difference from the cluster that is there', async () => {
    const world = makeWorld()
    await create(world)
    const { code, details } = await refusal(create(world, { tier: 'prod-batch', lustre: false }))
    expect(code).toBe('ClusterDiffers')
    expect(details?.map(({ path }) => path)).toEqual(['tier', 'lustre'])
    expect((await refusal(create(world, { benchmark: true }))).details?.map(({ path }) => path)).toEqual([
      'benchmark',
    ])
  })

  it.each(['no-such-tier', '__proto__', 'constructor', ''])(
    'for the unknown tier "%s" lists the tiers',
    async (tier) => {
      const world = makeWorld()
      const { code, details } = await refusal(create(world, { tier }))
      expect(code).toBe('UnknownTier')
      expect(details?.[0]?.path).toBe('tier')
      expect(details?.[0]?.message).toContain('prod-batch')
      expect(nothingMade(world)).toBe(true)
    },
  )

  it('for a tier with more nodes than a subnet holds makes nothing', async () => {
    const world = makeWorld(aSite({ network: { slotPrefix: 27 } }))
    expect(await codeOf(create(world, { tier: 'prod-mpi' }))).toBe('UnknownTier')
    expect(nothingMade(world)).toBe(true)
    await create(world)
  })

  it('for want of a slot says when to ask again, and mints and writes nothing', async () => {
    const world = small(2)
    await create(world, wishFor('a'))
    await create(world, wishFor('b'))
    const before = [world.secrets.size, world.keyPairs.size, world.queue.length, world.events.length]
    const { code, retryAfterSeconds } = await refusal(create(world, wishFor('c')))
    expect({ code, retryAfterSeconds }).toEqual({ code: 'NoSlotLeft', retryAfterSeconds: expect.any(Number) })
    expect([world.secrets.size, world.keyPairs.size, world.queue.length, world.events.length]).toEqual(before)
    expect((await create(world, wishFor('a'))).project).toBe('a')
  })

  it('for want of a slot is granted once one is given back', async () => {
    const world = small(1)
    await create(world, wishFor('fail-create-1'))
    expect(await codeOf(create(world, wishFor('b')))).toBe('NoSlotLeft')
    await world.advance(1800)
    expect((await create(world, wishFor('b'))).subnet?.cidr).toBe('10.64.0.0/24')
  })
})

describe('many creates at once', () => {
  it.each([16, 64])('%i of them get as many slots', async (count) => {
    const world = makeWorld()
    const wishes = Array.from({ length: count }, (_, i) => wishFor(`project-${i}`))
    const answers = await Promise.all(wishes.map((wish) => create(world, wish)))
    expect(new Set(answers.map(({ subnet }) => subnet?.cidr)).size).toBe(count)
    await world.advance(1200)
    expect(wrongAtRest(world)).toEqual([])
    expect(world.clusters.size).toBe(count)
  })

  it('fill the range to its last slot: as many clusters as slots, the others are told that none is left', async () => {
    const world = small(16)
    const wishes = Array.from({ length: 20 }, (_, i) => wishFor(`project-${i}`))
    const codes = await Promise.all(
      wishes.map((wish) =>
        create(world, wish).then(
          () => 'created',
          (error) => error.code,
        ),
      ),
    )
    expect(codes.filter((code) => code === 'created')).toHaveLength(slotCount(world.site.network))
    expect(codes.filter((code) => code === 'NoSlotLeft')).toHaveLength(4)
    await world.advance(1200)
    expect(wrongAtRest(world)).toEqual([])
  })
})

describe('the chain of looks', () => {
  const inFlight = async (network: (message: Message) => number[], wish = aWish) => {
    const world = makeWorld()
    world.network = network
    let most = 0
    await create(world, wish)
    for (let seconds = 0; seconds < 900; seconds++) {
      await world.advance(1)
      most = Math.max(most, world.queue.length)
    }
    return { most, world }
  }

  it('is one: a message at a time for a cluster', async () => {
    const { most } = await inFlight(({ prompt }) => (prompt ? [] : [0]))
    expect(most).toBe(1)
  })

  it('stays short when each message is delivered twice, at once or a little later', async () => {
    for (const late of [0, 0.5, 1, 3]) {
      const { most, world } = await inFlight(() => [0, late])
      expect(most, `${late} s late`).toBeLessThan(10)
      expect(wrongAtRest(world)).toEqual([])
    }
  })

  it('stays short for a create that was never written', async () => {
    const world = makeWorld()
    world.network = () => [0, 1]
    world.fault = ({ name }) => (name === 'commit' ? { when: 'before', error: new Error('died') } : undefined)
    await expect(create(world)).rejects.toThrow()
    let most = 0
    for (let seconds = 0; seconds < 300; seconds++) {
      await world.advance(1)
      most = Math.max(most, world.queue.length)
    }
    expect(most).toBeLessThan(300)
    expect(wrongAtRest(world)).toEqual([])
  })
})
