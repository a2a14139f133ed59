// Clusters that end by themselves.
import { aName } from '../../wishes.ts'
import { change, make, type Scenario } from './living.ts'

export const lifetime: Scenario[] = [
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
    name: 'create, the lifetime is extended after its warning',
    live: async (world) => {
      // Warned of two minutes before: a request that stands still for long comes in time, too.
      await make(world, { lifetime: '20m' })
      await world.advance(1180)
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
]
