// The real cloud over a fake SDK keeps the contract that the in-memory one keeps.
import { describe } from 'vitest'
import { cloudContract } from '../cloud-contract.ts'
import { fakeAws } from './fake-aws.ts'

describe('the real cloud', () => {
  cloudContract(() => {
    const { cloud, pass, messages, notices, jobs, hold, deleteByHand } = fakeAws()
    return { cloud, pass, hold, deleteByHand, sent: () => messages, told: () => notices, jobs }
  })
})
