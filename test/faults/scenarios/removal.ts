// Deletions that get stuck, and deletions by force.

import { aName, remove } from '../../wishes.ts'
import type { World } from '../../world.ts'
import { change, insist, make, type Scenario, unmake } from './living.ts'

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

export const removal: Scenario[] = [
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
]
