// The contract of the audit trail: entries with their change or alone, lists newest first.
import { describe, expect, it } from 'vitest'
import type { StoredEntry } from '../../core/audit/entry.ts'
import { principalOf } from '../../core/audit/principal.ts'
import type { Cloud } from '../../core/cloud.ts'
import type { Outside } from '../cloud-contract.ts'
import { aCluster } from '../core/samples.ts'
import { codeOf } from '../wishes.ts'

const session = (name: string) => `arn:aws:sts::123456789012:assumed-role/workflow/${name}`

export function anEntry(at: string, changes: Partial<StoredEntry> = {}): StoredEntry {
  const caller = changes.caller ?? session('one')
  return {
    ...{ id: `${at}#r1`, at, caller, sourceIp: '10.1.2.3', requestId: 'r1', verb: 'createCluster' },
    ...{ cluster: 'hpc-a', dry: false, wish: { tier: 'debug' }, status: 202, code: null },
    ...{ day: at.slice(0, 10), principal: principalOf(caller), expires: 1_900_000_000 },
    ...changes,
  }
}

export function auditContract(make: () => Outside): void {
  const some = async (cloud: Cloud) => {
    await cloud.addAudit(anEntry('2026-08-01T10:00:00.000Z'))
    await cloud.addAudit(anEntry('2026-08-01T11:00:00.000Z', { cluster: 'hpc-b' }))
    await cloud.addAudit(anEntry('2026-08-03T09:00:00.000Z', { caller: session('two') }))
    await cloud.addAudit(anEntry('2026-08-03T10:00:00.000Z', { caller: 'arn:aws:iam::123456789012:user/u' }))
    await cloud.addAudit(anEntry('2026-08-09T10:00:00.000Z', { cluster: null }))
  }
  const all = async (cloud: Cloud, query: object, limit = 2) => {
    const times: string[] = []
    let cursor: string | undefined
    do {
      const page = await cloud.listAudit({ from: '2026-07-01', to: '2026-08-31~', limit, cursor, ...query })
      expect(page.items.length).toBeLessThanOrEqual(limit)
      times.push(...page.items.map(({ at }) => at.slice(8, 13)))
      cursor = page.cursor
    } while (cursor)
    return times
  }

  describe('the audit trail', () => {
    it('has the entry of a change that was written, and none of one that was not', async () => {
      const { cloud } = make()
      const after = aCluster({ version: 0 })
      const audit = anEntry('2026-08-01T10:00:00.000Z')
      await cloud.commit({ before: undefined, after, events: [], audit })
      const again = anEntry('2026-08-01T10:00:01.000Z')
      expect(await codeOf(cloud.commit({ before: undefined, after, events: [], audit: again }))).toBe(
        'Conflict',
      )
      const { items } = await cloud.listAudit({ from: '2026-08-01', to: '2026-08-01~', limit: 9 })
      expect(items).toEqual([audit])
    })

    it.each([
      [{}, ['09T10', '03T10', '03T09', '01T11', '01T10']],
      [{ cluster: 'hpc-a' }, ['03T10', '03T09', '01T10']],
      [{ principal: 'arn:aws:iam::123456789012:user/u' }, ['03T10']],
      [{ principal: principalOf(session('any')) }, ['09T10', '03T09', '01T11', '01T10']],
      [{ cluster: 'hpc-a', principal: principalOf(session('any')) }, ['03T09', '01T10']],
      [{ cluster: 'hpc-none' }, []],
      [{ from: '2026-08-01T10:30', to: '2026-08-03~' }, ['03T10', '03T09', '01T11']],
      [{ from: '2026-08-01T10:30', to: '2026-08-03~', cluster: 'hpc-a' }, ['03T10', '03T09']],
    ])('by %j has each entry once, newest first, page by page', async (query, times) => {
      const { cloud } = make()
      await some(cloud)
      for (const limit of [1, 2, 50]) expect(await all(cloud, query, limit)).toEqual(times)
    })

    it('has an entry once that was written twice, as where the first answer was lost', async () => {
      const { cloud } = make()
      await cloud.addAudit(anEntry('2026-08-01T10:00:00.000Z'))
      await cloud.addAudit(anEntry('2026-08-01T10:00:00.000Z'))
      expect(await all(cloud, {})).toEqual(['01T10'])
    })

    it('has the entry of a request that nobody understood as it was', async () => {
      const { cloud } = make()
      const entry = anEntry('2026-08-01T10:00:00.000Z', { cluster: null, wish: {}, status: 400 })
      await cloud.addAudit(entry)
      const { principal } = entry
      const { items } = await cloud.listAudit({ from: '2026-08-01', to: '2026-08-01~', limit: 9, principal })
      expect(items).toEqual([entry])
    })

    it.each([{}, { cluster: 'hpc-a' }, { principal: principalOf(session('any')) }])(
      'by %j goes on from a cursor of other times with what lies behind it',
      async (query) => {
        const { cloud } = make()
        await some(cloud)
        const { cursor } = await cloud.listAudit({
          from: '2026-07-01',
          to: '2026-08-31~',
          limit: 1,
          ...query,
        })
        const later = { from: '2026-08-20', to: '2026-08-31~', limit: 9, cursor, ...query }
        expect((await cloud.listAudit(later)).items).toEqual([])
        const earlier = { from: '2026-07-01', to: '2026-08-01~', limit: 9, ...query }
        expect((await cloud.listAudit({ ...earlier, cursor })).items).toEqual(
          (await cloud.listAudit(earlier)).items,
        )
      },
    )

    it('refuses a cursor that it did not give', async () => {
      const { cloud } = make()
      const cursor = Buffer.from('{"id":5}').toString('base64url')
      for (const query of [{}, { cluster: 'hpc-a' }, { principal: 'p' }])
        expect(
          await codeOf(cloud.listAudit({ from: '2026-08-01', to: '2026-08-02', limit: 5, cursor, ...query })),
        ).toBe('InvalidRequest')
      // Between two days, and of none.
      const id = '2026-08-0:'
      const none = Buffer.from(JSON.stringify({ day: id, id })).toString('base64url')
      expect(
        await codeOf(cloud.listAudit({ from: '2026-08-09', to: '2026-08-10', limit: 5, cursor: none })),
      ).toBe('InvalidRequest')
    })
  })
}
