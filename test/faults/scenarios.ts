// Lives of a cluster that the fault tests walk through. A caller in them asks again when a request fails, as callers do.

import type { Status } from '../../core/cluster.ts'
import { isAppError } from '../../core/errors.ts'
import { clusterName } from '../../core/names.ts'
import type { Limits } from '../../core/queue/limits.ts'
import { accountingSite, siteWithFsx } from '../core/samples.ts'
import { aName, create, remove, rotate, update, wishFor } from '../wishes.ts'
import { makeWorld, type World } from '../world.ts'

export type Scenario = {
  name: string
  /** Whether data are moved by tasks. */
  movesData?: boolean
  /** What the site bears at once, where it is less than ever. */
  limits?: Partial<Limits>
  live: (world: World) => Promise<void>
  /** The clusters that are there at the end, and their status. */
  end: Record<string, Status>
}

/** Long enough for several looks in each state, and no longer: each look is some cases more. */
export function quickWorld({ movesData = false, limits }: Omit<Partial<Scenario>, 'end'> = {}): World {
  const site = movesData ? siteWithFsx() : accountingSite()
  const limitSeconds = { ...site.limitSeconds, deleting: 120 }
  const world = makeWorld({ ...site, limitSeconds, limits: { ...site.limits, ...limits } })
  Object.assign(world.knob, { createSeconds: 60, deleteSeconds: 30, rollbackSeconds: 10, updateSeconds: 30 })
  Object.assign(world.knob, { drainSeconds: 5, taskSeconds: 15, silentSeconds: 200 })
  return world
}

const failing = wishFor('fail-create-1')
const failingUpdate = wishFor('fail-update-1')

/** Asks until it is answered; a failure that is an answer of its own is the caller's. */
async function insist(world: World, request: () => Promise<unknown>): Promise<void> {
  for (let times = 0; times < 5; times++) {
    const failed = await request().then(
      () => undefined,
      (error: unknown) => error,
    )
    if (!failed || isAppError(failed, 'ClusterNotFound')) return
    await world.advance(
      isAppError(failed, 'ClusterDeleting', 'TooManyClusters')
        ? 600
        : isAppError(failed, 'ClusterBusy')
          ? 60
          : 2,
    )
  }
  throw new Error('the request was refused again and again')
}

const make = (world: World, wish = {}) => insist(world, () => create(world, wish))
const change = (world: World, wish: object, name?: string) => insist(world, () => update(world, wish, name))
const renew = (world: World) => insist(world, () => rotate(world))
const unmake = (world: World) => insist(world, () => remove(world))

/** What held deletions passes, and what they left is deleted by hand. */
function letGo(world: World): void {
  Object.assign(world.knob, { held: [], pclusterHeld: [], silentProvider: false })
  world.stacks.leftovers.splice(0)
}

const untilForced: { state: string; reach: (world: World) => Promise<unknown> }[] = [
  { state: 'at once', reach: async () => {} },
  { state: 'during creation', reach: (world) => world.advance(30) },
  { state: 'when it is ready', reach: (world) => world.advance(900) },
  {
    state: 'during an update',
    reach: async (world) => {
      await world.advance(900)
      await change(world, { maxNodes: 9 })
      await world.advance(10)
    },
  },
  {
    state: 'when its deletion is stuck in both stacks',
    reach: async (world) => {
      await world.advance(900)
      Object.assign(world.knob, { pclusterHeld: ['HeadNode'] })
      await unmake(world)
      await world.advance(60)
    },
  },
]
const forced: Scenario[] = untilForced.map(({ state, reach }) => ({
  name: `create, delete by force ${state}`,
  live: async (world) => {
    await make(world)
    await reach(world)
    await insist(world, () => remove(world, aName, true))
    await world.advance(900)
    letGo(world)
  },
  end: {},
}))

export const scenarios: Scenario[] = [
  {
    name: 'create, ready',
    live: async (world) => {
      await make(world)
      await world.advance(900)
    },
    end: { [aName]: 'CREATE_COMPLETE' },
  },
  {
    name: 'create, ready, delete',
    live: async (world) => {
      await make(world)
      await world.advance(900)
      await unmake(world)
      await world.advance(900)
    },
    end: {},
  },
  {
    name: 'create, delete during creation',
    live: async (world) => {
      await make(world)
      await world.advance(30)
      await unmake(world)
      await world.advance(900)
    },
    end: {},
  },
  {
    name: 'create, delete at once, create again',
    live: async (world) => {
      await make(world)
      await unmake(world)
      await make(world)
      await world.advance(900)
    },
    end: { [aName]: 'CREATE_COMPLETE' },
  },
  {
    name: 'create, update, another update',
    live: async (world) => {
      await make(world)
      await world.advance(900)
      await change(world, { maxCounts: { 't3-micro': 9 } })
      await world.advance(300)
      await change(world, { maxNodes: 9 })
      await world.advance(300)
    },
    end: { [aName]: 'UPDATE_COMPLETE' },
  },
  {
    name: 'create, an update that fails',
    live: async (world) => {
      await make(world, failingUpdate)
      await world.advance(900)
      await change(world, { maxNodes: 9 }, clusterName(failingUpdate))
      await world.advance(300)
    },
    end: { [clusterName(failingUpdate)]: 'UPDATE_FAILED' },
  },
  {
    name: 'create, update, delete during the update',
    live: async (world) => {
      await make(world)
      await world.advance(900)
      await change(world, { maxNodes: 9 })
      await world.advance(10)
      await unmake(world)
      await world.advance(900)
    },
    end: {},
  },
  {
    name: 'create, import, export, delete',
    movesData: true,
    live: async (world) => {
      await make(world)
      await world.advance(150)
      await unmake(world)
      await world.advance(600)
    },
    end: {},
  },
  {
    name: 'create, delete during the import',
    movesData: true,
    live: async (world) => {
      world.knob.taskSeconds = 40
      await make(world)
      await world.advance(75)
      await unmake(world)
      await world.advance(600)
    },
    end: {},
  },
  {
    name: 'create, new keys',
    live: async (world) => {
      await make(world)
      await world.advance(90)
      await renew(world)
      await world.advance(60)
    },
    end: { [aName]: 'CREATE_COMPLETE' },
  },
  {
    name: 'create, new keys, delete while they are installed',
    live: async (world) => {
      await make(world)
      await world.advance(90)
      await renew(world)
      await world.advance(4)
      await unmake(world)
      await world.advance(300)
    },
    end: {},
  },
  {
    name: 'create, new keys, update meanwhile',
    live: async (world) => {
      await make(world)
      await world.advance(90)
      await renew(world)
      await change(world, { maxNodes: 9 })
      await world.advance(120)
    },
    end: { [aName]: 'UPDATE_COMPLETE' },
  },
  {
    name: 'create fails',
    live: async (world) => {
      await make(world, failing)
      await world.advance(1200)
    },
    end: { [clusterName(failing)]: 'CREATE_FAILED' },
  },
  {
    name: 'create is refused by CloudFormation, asked for again when it is not',
    live: async (world) => {
      world.knob.refuses = 'Template format error'
      await make(world)
      await world.advance(1200)
      world.knob.refuses = undefined
      await make(world)
      await world.advance(900)
    },
    end: { [aName]: 'CREATE_COMPLETE' },
  },
  {
    name: 'create is refused by the accounting database, asked for again when it is not',
    live: async (world) => {
      world.knob.database = 'The accounting database refused (ER_DISK_FULL): the disk is full'
      await make(world)
      await world.advance(1200)
      world.knob.database = undefined
      await make(world)
      await world.advance(900)
    },
    end: { [aName]: 'CREATE_COMPLETE' },
  },
  {
    name: 'two creates and a delete, one at a time',
    limits: { operationsInFlight: 1 },
    live: async (world) => {
      await make(world, wishFor('a'))
      await make(world)
      await world.advance(90)
      await insist(world, () => remove(world, clusterName(wishFor('a'))))
      await world.advance(300)
    },
    end: { [aName]: 'CREATE_COMPLETE' },
  },
  {
    name: 'a create waits and is not wanted any more',
    limits: { operationsInFlight: 1 },
    live: async (world) => {
      await make(world, wishFor('a'))
      await make(world)
      await world.advance(20)
      await unmake(world)
      await world.advance(300)
    },
    end: { [clusterName(wishFor('a'))]: 'CREATE_COMPLETE' },
  },
  {
    name: 'the virtual lab has what it may, and gets another one for one that it deletes',
    limits: { clustersPerVirtualLab: 1 },
    live: async (world) => {
      await make(world, wishFor('a'))
      await world.advance(150)
      await insist(world, () => remove(world, clusterName(wishFor('a'))))
      await make(world)
      await world.advance(900)
    },
    end: { [aName]: 'CREATE_COMPLETE' },
  },
  {
    name: 'create, a zone without capacity, the next one has it',
    live: async (world) => {
      world.knob.noCapacity = ['eu-west-1a']
      await make(world)
      await world.advance(1200)
    },
    end: { [aName]: 'CREATE_COMPLETE' },
  },
  {
    name: 'create, no capacity anywhere',
    live: async (world) => {
      world.knob.noCapacity = ['eu-west-1a', 'eu-west-1b']
      await make(world)
      await world.advance(1200)
    },
    end: { [aName]: 'CREATE_FAILED' },
  },
  {
    name: 'create, a zone without capacity, delete before the next one',
    live: async (world) => {
      world.knob.noCapacity = ['eu-west-1a', 'eu-west-1b']
      await make(world)
      await world.advance(80)
      await unmake(world)
      await world.advance(900)
    },
    end: {},
  },
  {
    name: 'create, ready, the deletion is stuck once',
    live: async (world) => {
      await make(world)
      await world.advance(900)
      world.knob.stuckDeletions = 1
      await unmake(world)
      await world.advance(1200)
    },
    end: {},
  },
  {
    name: 'create, ready, the deletion is stuck until it goes on without what holds it',
    live: async (world) => {
      await make(world)
      await world.advance(900)
      world.knob.held = ['Subnet']
      await unmake(world)
      await world.advance(4 * 3600)
      letGo(world)
    },
    end: {},
  },
  {
    name: "create, ready, ParallelCluster's own stack is stuck for a while",
    live: async (world) => {
      await make(world)
      await world.advance(900)
      world.knob.pclusterHeld = ['HeadNode']
      await unmake(world)
      await world.advance(8 * 60)
      letGo(world)
    },
    end: {},
  },
  {
    name: 'create, ready, the provider never answers the delete',
    live: async (world) => {
      await make(world)
      await world.advance(900)
      world.knob.silentProvider = true
      await unmake(world)
      await world.advance(8 * 60)
      letGo(world)
    },
    end: {},
  },
  ...forced,
  {
    name: 'create, ready, someone removes the key pair',
    live: async (world) => {
      await make(world)
      await world.advance(900)
      world.keyPairs.clear()
      await world.advance(3700)
    },
    end: { [aName]: 'CREATE_COMPLETE' },
  },
]

scenarios.push(
  {
    name: 'create, the lifetime ends',
    live: async (world) => {
      await make(world, { lifetime: '5m' })
      await world.advance(900)
    },
    end: {},
  },
  {
    name: 'create, import, the lifetime ends, export',
    movesData: true,
    live: async (world) => {
      await make(world, { lifetime: '90s' })
      await world.advance(900)
    },
    end: {},
  },
  {
    name: 'create, the lifetime is extended at the last moment',
    live: async (world) => {
      await make(world, { lifetime: '5m' })
      await world.advance(350)
      await change(world, { lifetime: '30d' })
      await world.advance(600)
    },
    end: { [aName]: 'CREATE_COMPLETE' },
  },
  {
    name: 'create, a job, idle for too long',
    live: async (world) => {
      world.jobs.start(aName)
      await make(world, { idleTimeout: '5m' })
      await world.advance(900)
      world.jobs.end(aName)
      await world.advance(900)
    },
    end: {},
  },
  {
    name: 'create, idle, the head node is silent, idleness is given up',
    live: async (world) => {
      world.jobs.silence(aName, { hasToldBefore: false })
      await make(world, { idleTimeout: '2m' })
      await world.advance(1200)
      await change(world, { idleTimeout: 'none' })
      await world.advance(60)
    },
    end: { [aName]: 'CREATE_COMPLETE' },
  },
)

/** Enough for every wait there is: the sweep, a redelivery, a stuck deletion, keys that nobody came for. */
export const restSeconds = 3000
