// Keys that change, or go missing.
import { aName } from '../../wishes.ts'
import { change, make, renew, type Scenario, unmake } from './living.ts'

export const keys: Scenario[] = [
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
