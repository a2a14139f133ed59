// The contract of accounting: an access that is made once, and removed without complaint.
import { describe, expect, it } from 'vitest'
import { clusterName } from '../../core/names.ts'
import type { Outside } from '../cloud-contract.ts'

const tenant = { virtualLab: 'lab', project: 'project' }
const of = { ...tenant, name: clusterName(tenant), deploymentId: '01k0abcdefghjkmnpqrstvwxyz' }
const later = { ...of, deploymentId: '01k1abcdefghjkmnpqrstvwxyz' }

export function accountingContract(make: () => Outside): void {
  describe('the access to the accounting database', () => {
    it('is the same however often it is asked for, and another one for another deployment', async () => {
      const { cloud } = make()
      const first = await cloud.prepareAccounting(of)
      expect(await cloud.prepareAccounting(of)).toEqual(first)
      const second = await cloud.prepareAccounting(later)
      if ('refused' in first || 'refused' in second) throw new Error('the database refused')
      expect(second.databaseName).toBe(first.databaseName)
      expect(second.userName).not.toBe(first.userName)
      expect(second.passwordSecretArn).not.toBe(first.passwordSecretArn)
    })

    it('is removed without complaint, also where there is none', async () => {
      const { cloud } = make()
      await cloud.prepareAccounting(of)
      for (let times = 0; times < 2; times++) await cloud.removeAccounting(of)
      expect(await cloud.prepareAccounting(of)).toHaveProperty('firstJobId')
    })

    it('leaves a report that can be read', async () => {
      const { cloud } = make()
      expect(await cloud.readUsage({ ...tenant, from: '2026-07-01', to: '2026-07-31', limit: 50 })).toEqual({
        items: [],
      })
    })
  })
}
