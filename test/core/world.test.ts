// The in-memory cloud keeps the contract that the real one keeps.
import { describe } from 'vitest'
import { cloudContract } from '../cloud-contract.ts'
import { makeWorld } from '../world.ts'

describe('the in-memory cloud', () => {
  cloudContract(() => {
    const world = makeWorld()
    return {
      cloud: world.context.cloud,
      pass: world.advance,
      sent: () => world.queue.map(({ message }) => message),
      told: () => world.published,
      jobs: world.jobs,
      hold: (logicalIds) => {
        world.knob.held = logicalIds
      },
      deleteByHand: () => void world.stacks.leftovers.splice(0),
    }
  })
})
