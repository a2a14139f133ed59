// Whatever there is in the account: what is deleted is ours, old enough, and no cluster's.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ownerTags, siteTag } from '../../../core/names.ts'
import { begunAt } from '../../../core/orphans/owner.ts'
import { type Orphan, orphanKinds } from '../../../core/orphans/report.ts'
import { sweepOrphans } from '../../../core/orphans/sweep-orphans.ts'
import { makeWorld } from '../../world.ts'
import { aCluster } from '../samples.ts'
import { anAccount, aThing, knowing, pastOf } from './leftovers.ts'

const now = Date.parse('2026-08-01T00:00:00Z')
const hour = 3_600_000

const thing = fc.record({
  kind: fc.constantFrom(...orphanKinds),
  project: fc.constantFrom('a', 'b', 'c'),
  hoursAgo: fc.constantFrom(0, 1, 3, 23, 25, 100),
  /** A tag that is taken away or changed. */
  spoilt: fc.option(fc.tuple(fc.constantFrom(...Object.keys(ownerTags(pastOf('a', 0)))), fc.string()), {
    nil: undefined,
    freq: 2,
  }),
  site: fc.constantFrom(undefined, 'test', 'another'),
  hasHistory: fc.boolean(),
  hasRecord: fc.boolean(),
})

it('deletes nothing that has a record, lacks a tag, is young or of another site', async () => {
  let deleted = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(thing, { maxLength: 30 }),
      fc.constantFrom(2, 24, 48),
      fc.constantFrom('asked' as const, 'unasked' as const, 'slots' as const),
      async (drawn, olderThanHours, remove) => {
        const world = makeWorld()
        const all = drawn.map((one) => {
          const of = pastOf(one.project, now - one.hoursAgo * hour)
          const made = aThing(one.kind, of, one.site ? { [siteTag]: one.site } : {})
          if (one.spoilt && !made.row) made.tags[one.spoilt[0]] = one.spoilt[1]
          return { ...one, of, made, isWhole: Boolean(made.row) || !one.spoilt }
        })
        for (const { of, hasRecord } of all) if (hasRecord) world.clusters.set(of.name, aCluster(of))
        const { account, leftovers } = anAccount(all.map(({ made }) => made))
        const known = all.filter(({ hasHistory }) => hasHistory).map(({ of }) => of)
        const cloud = knowing(world.context.cloud, known)
        const isGone = ({ made }: (typeof all)[number]) =>
          !account.things.some(({ kind, id }) => kind === made.kind && id === made.id)

        for (let round = 0; round < 3; round++) {
          const { orphans } = await sweepOrphans(
            { cloud, site: world.site, leftovers },
            { olderThanHours, remove },
          )
          expect(
            orphans.filter(({ since }: Orphan) => now - Date.parse(since) < olderThanHours * hour),
          ).toEqual([])
        }
        for (const one of all.filter(isGone)) {
          deleted++
          expect(world.clusters.get(one.of.name)?.deploymentId).not.toBe(one.of.deploymentId)
          expect(one.isWhole).toBe(true)
          expect(now - begunAt(one.of.deploymentId).getTime()).toBeGreaterThanOrEqual(olderThanHours * hour)
          expect(Boolean(one.made.row) || one.site === 'test' || (!one.site && one.hasHistory)).toBe(true)
        }
      },
    ),
    { numRuns: 200 },
  )
  // Else the property would hold of a sweeper that does nothing.
  expect(deleted).toBeGreaterThan(50)
})
