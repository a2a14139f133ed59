// The contract of what nodes shall trust: nothing is confirmed before a node says so.
import { describe, expect, it } from 'vitest'
import type { Outside } from '../cloud-contract.ts'

const of = { name: 'hpc-a', deploymentId: '01test00000000000000000001' }
const text = (state: string) => `state ${state}\ntrust user A\ntrust admin B\n`

export function nodeKeysContract(make: () => Outside): void {
  describe('the keys that nodes trust', () => {
    it('are confirmed once a node has them, the last text only', async () => {
      const { cloud, pass } = make()
      expect(await cloud.getTrustedState(of)).toBeUndefined()
      await cloud.putTrustedKeys(of, text('one'))
      await cloud.putTrustedKeys(of, text('one'))
      expect(await cloud.getTrustedState(of)).toBeUndefined()
      await pass(10)
      expect(await cloud.getTrustedState(of)).toBe('one')
      await cloud.putTrustedKeys(of, text('two'))
      expect(await cloud.getTrustedState(of)).toBe('one')
      await pass(10)
      expect(await cloud.getTrustedState(of)).toBe('two')
      expect(
        await cloud.getTrustedState({ ...of, deploymentId: '01test00000000000000000002' }),
      ).toBeUndefined()
    })

    it('are deleted, and nothing to delete is success', async () => {
      const { cloud } = make()
      await cloud.deleteTrustedKeys(of)
      await cloud.putTrustedKeys(of, text('one'))
      await cloud.deleteTrustedKeys(of)
      await cloud.deleteTrustedKeys(of)
    })
  })
}
