// Creates, updates, data: what most clusters live through.
import { clusterName } from '../../../core/names.ts'
import { aName, wishFor } from '../../wishes.ts'
import { change, make, type Scenario, unmake } from './living.ts'

const failing = wishFor('fail-create-1')
const failingUpdate = wishFor('fail-update-1')

export const creation: Scenario[] = [
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
]
