// What a site bears at once, what a virtual lab may have, and zones without capacity.
import { clusterName } from '../../../core/names.ts'
import { aName, remove, wishFor } from '../../wishes.ts'
import { insist, make, type Scenario, unmake } from './living.ts'

export const queue: Scenario[] = [
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
    name: 'a deletion hangs in the only place, and a create waits for it',
    limits: { operationsInFlight: 1 },
    live: async (world) => {
      await make(world, wishFor('a'))
      await world.advance(120)
      world.knob.silentProvider = true
      await insist(world, () => remove(world, clusterName(wishFor('a'))))
      await world.advance(20)
      await make(world)
      await world.advance(300)
      world.knob.silentProvider = false
      await world.advance(1200)
    },
    end: { [aName]: 'CREATE_COMPLETE' },
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
]
