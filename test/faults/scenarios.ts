// Lives of a cluster that the fault tests walk through. A caller in them asks again when a request fails, as callers do.

import type { Status } from '../../core/cluster.ts'
import type { Context } from '../../core/context.ts'
import { isAppError } from '../../core/errors.ts'
import { clusterName } from '../../core/names.ts'
import { accountingSite, siteWithFsx } from '../core/samples.ts'
import { aName, create, remove, update, wishFor } from '../wishes.ts'
import { makeWorld, type World } from '../world.ts'

export type Scenario = {
  name: string
  /** Whether data are moved by tasks. */
  movesData?: boolean
  live: (world: World) => Promise<void>
  /** The clusters that are there at the end, and their status. */
  end: Record<string, Status>
}

/** Long enough for several looks in each state, and no longer: each look is some cases more. */
export function quickWorld({ movesData = false }: { movesData?: boolean } = {}): World {
  const world = makeWorld(movesData ? siteWithFsx() : accountingSite())
  Object.assign(world.knob, { createSeconds: 60, deleteSeconds: 30, rollbackSeconds: 10, updateSeconds: 30 })
  Object.assign(world.knob, { drainSeconds: 5, taskSeconds: 15 })
  return world
}

const failing = wishFor('fail-create-1')
const failingUpdate = wishFor('fail-update-1')

/** Asks until it is answered; a failure that is an answer of its own is the caller's. */
async function insist(world: World, request: (own: { context: Context }) => Promise<unknown>): Promise<void> {
  for (let times = 0; times < 5; times++) {
    const failed = await world.request((context) => request({ context }))
    if (!failed || isAppError(failed, 'ClusterNotFound')) return
    await world.advance(
      isAppError(failed, 'ClusterDeleting') ? 600 : isAppError(failed, 'ClusterBusy') ? 60 : 2,
    )
  }
  throw new Refused('the request was refused again and again')
}

export class Refused extends Error {}

const make = (world: World, wish = {}) => insist(world, (own) => create(own, wish))
const change = (world: World, wish: object, name?: string) => insist(world, (own) => update(own, wish, name))
const unmake = (world: World) => insist(world, remove)

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
]

/** Enough for every wait there is: the sweep, a redelivery, a stuck deletion, keys that nobody came for. */
export const restSeconds = 3000
