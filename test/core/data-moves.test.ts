// Data around the life of a Lustre cluster: what is imported and exported, when, and what happens when it does not work.
import { beforeEach, describe, expect, it } from 'vitest'
import { stackName } from '../../core/names.ts'
import { wrongAtRest } from '../invariants.ts'
import { aName, create, eventsOf, get, remove, update } from '../wishes.ts'
import { makeWorld, type World } from '../world.ts'
import { siteWithFsx } from './samples.ts'

let world: World
beforeEach(() => {
  world = makeWorld(siteWithFsx())
})
const kinds = () => world.data.tasks.map(({ kind }) => kind)
const reasons = async () => (await eventsOf(world)).flatMap(({ reason }) => reason ?? [])
const messages = async () => (await eventsOf(world)).map(({ message }) => message)
const ready = async (wish = {}) => {
  await create(world, wish)
  await world.advance(320)
  expect((await get(world)).status).toBe('CREATE_COMPLETE')
}
const isGone = () => !world.clusters.has(aName)

describe('the import', () => {
  it('begins when the cluster is ready and not before, and ready does not wait for it', async () => {
    world.knob.taskSeconds = 5000
    await create(world)
    await world.advance(290)
    expect(kinds()).toEqual([])
    await world.advance(40)
    expect(await get(world)).toMatchObject({ status: 'CREATE_COMPLETE' })
    expect(kinds()).toEqual(['importing'])
    expect(world.data.tasks[0]?.paths).toEqual([])
  })

  it('tells how it begins, goes on and ends, and then nothing more is asked', async () => {
    world.knob.taskSeconds = 1500
    await ready()
    await world.advance(2000)
    const told = (await messages()).filter((message) => /import/i.test(message))
    expect(told).toEqual([
      'The import of the data in S3 has begun.',
      'Imported from S3 so far: 0 of 7 files.',
      'Imported from S3 so far: 0 of 7 files.',
      'Imported from S3: 7 of 7 files.',
    ])
    const calls = world.calls.length
    await world.advance(3000)
    expect(world.calls.slice(calls).filter(({ name }) => name === 'getDataTask')).toEqual([])
  })

  it('fills in the id of the file system', async () => {
    await ready()
    await world.advance(100)
    expect(world.clusters.get(aName)?.fsxId).toBe(`fs-${aName}`)
  })

  it('that fails is tried once more, and then told; the cluster stays ready', async () => {
    world.knob.failingTasks = 5
    await ready()
    await world.advance(300)
    expect(kinds()).toEqual(['importing', 'importing'])
    expect(await reasons()).toEqual(['ImportFailed'])
    expect(await get(world)).toMatchObject({ status: 'CREATE_COMPLETE', reason: null })
  })

  it('has a deadline', async () => {
    world.site.limitSeconds.importing = 600
    world.knob.taskSeconds = 10_000
    await ready()
    await world.advance(700)
    expect(await reasons()).toEqual(['ImportTimedOut'])
    expect((await get(world)).status).toBe('CREATE_COMPLETE')
  })

  it('goes on beside an update', async () => {
    world.knob.taskSeconds = 500
    await ready()
    await update(world, { maxNodes: 9 })
    await world.advance(700)
    expect((await get(world)).status).toBe('UPDATE_COMPLETE')
    expect(await messages()).toContain('Imported from S3: 7 of 7 files.')
  })

  it('is none of a cluster without Lustre, nor of a site that moves data itself', async () => {
    await ready({ lustre: false })
    await remove(world)
    await world.advance(900)
    expect([kinds(), [...world.data.stopped]]).toEqual([[], []])
    world = makeWorld()
    await ready()
    await remove(world)
    await world.advance(900)
    expect([kinds(), isGone()]).toEqual([[], true])
  })
})

describe('before a delete', () => {
  it('the nodes end, then what is private is exported, then the stack goes, and each is told', async () => {
    await ready()
    await world.advance(200)
    await remove(world)
    expect((await get(world)).status).toBe('DELETE_IN_PROGRESS')
    const deployment = [...world.stacks.own.keys()]
    await world.advance(30)
    expect([kinds(), [...world.stacks.own.keys()]]).toEqual([['importing'], deployment])
    await world.advance(900)
    expect(isGone()).toBe(true)
    expect((await messages()).slice(-6)).toEqual([
      'The queues are stopped, and the nodes end.',
      'No node runs any more.',
      'The export of /project/private to S3 has begun.',
      'Exported to S3: 7 of 7 files.',
      "The cluster's resources are being deleted.",
      'The cluster and all that it held is gone.',
    ])
  })

  it('only what is the project’s is exported: never the public data', async () => {
    await ready()
    await remove(world)
    await world.advance(900)
    const paths = world.data.tasks.filter(({ kind }) => kind === 'exporting').map((task) => task.paths)
    expect(paths).toEqual([['project/private']])
  })

  it('an import under way is cancelled: it would keep the export waiting', async () => {
    world.knob.taskSeconds = 400
    await ready()
    await remove(world)
    await world.advance(200)
    expect(world.data.tasks.map(({ kind, state }) => [kind, state])).toEqual([
      ['importing', 'failed'],
      ['exporting', 'running'],
    ])
  })

  it('nodes that do not end hold it up to a deadline', async () => {
    world.knob.drainSeconds = 100_000
    await ready()
    await remove(world)
    await world.advance(1200)
    expect([await reasons(), isGone()]).toEqual([['DrainTimedOut'], true])
  })

  it.each([
    ['ExportFailed', () => Object.assign(world.knob, { failingTasks: 9 })],
    ['ExportFailed', () => Object.assign(world.knob, { refusesTasks: 'The path is not valid.' })],
    ['ExportTimedOut', () => Object.assign(world.knob, { taskSeconds: 100_000 })],
  ])('an export that does not come true is told as %s, and the deletion goes on', async (reason, trouble) => {
    await ready()
    await world.advance(200)
    trouble()
    await remove(world)
    await world.advance(9000)
    expect([await reasons(), isGone()]).toEqual([[reason], true])
    expect((await messages()).some((message) => message.includes('is lost'))).toBe(true)
  })

  it('a cluster that was never ready has nothing to export, and goes at once', async () => {
    await create(world)
    await world.advance(60)
    await remove(world)
    await world.advance(300)
    expect([kinds(), isGone()]).toEqual([[], true])
  })

  it('a stack that someone else has begun to delete is not waited for', async () => {
    await ready()
    await world.context.cloud.deleteStack(
      stackName(world.clusters.get(aName) ?? { name: '', deploymentId: '' }),
    )
    await remove(world)
    await world.advance(300)
    expect([kinds().includes('exporting'), isGone()]).toEqual([false, true])
  })
})

describe('a cluster that someone else began to delete', () => {
  const own = () => world.stacks.own.values().next().value
  const settledSeconds = 4 * 3600

  it.each([
    {
      what: 'whose stack is stuck, while the file system is there',
      begin: () => Object.assign(own() ?? {}, { status: 'DELETE_FAILED' }),
    },
    {
      what: 'whose stack is gone, while the file system is there',
      begin: () => world.stacks.own.clear(),
    },
    {
      what: 'whose provider never answers',
      begin: async () => {
        Object.assign(world.knob, { silentProvider: true, silentSeconds: 5 * 3600 })
        await world.stacks.calls.deleteStack(own()?.name ?? '')
        // Someone else asks for no place.
        world.stacks.violations.length = 0
      },
    },
  ])('$what, loses no data', async ({ begin }) => {
    await ready()
    await world.advance(200)
    await begin()
    await world.advance(settledSeconds)
    expect(await messages()).toContain('Exported to S3: 7 of 7 files.')
    expect(await reasons()).toContain('StackVanished')
    expect(await reasons()).not.toContain('CreateFailed')
    await world.advance(5 * 3600)
    expect((await get(world)).status).toBe('CREATE_FAILED')
    expect(wrongAtRest(world)).toEqual([])
  })

  it('is exported too where its deletion is wished for then', async () => {
    await ready()
    await world.advance(200)
    Object.assign(own() ?? {}, { status: 'DELETE_FAILED' })
    await remove(world)
    await world.advance(3600)
    expect([await messages(), isGone()]).toEqual([
      expect.arrayContaining(['Exported to S3: 7 of 7 files.']),
      true,
    ])
    expect(wrongAtRest(world)).toEqual([])
  })

  it('gets the whole time for its deletion after a long export', async () => {
    await ready()
    await world.advance(200)
    world.knob.taskSeconds = 3500
    world.knob.deleteSeconds = 3000
    Object.assign(own() ?? {}, { status: 'DELETE_FAILED' })
    await world.advance(settledSeconds)
    expect((await messages()).filter((text) => text.includes('without its provider'))).toEqual([])
    expect((await get(world)).status).toBe('CREATE_FAILED')
  })

  it('has nothing to export where the file system went', async () => {
    await ready()
    world.stacks.pcluster.clear()
    await world.advance(2 * 3600)
    expect([kinds().includes('exporting'), (await get(world)).reason]).toEqual([
      false,
      'PclusterStackVanished',
    ])
  })
})
