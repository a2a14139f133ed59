// A burst is well only if every wish came true, in a subnet of its own, and nothing is left.
import { expect, it } from 'vitest'
import type { BurstReport } from './burst.ts'
import { troublesOf } from './judge.ts'

const well: BurstReport = {
  ...{ asked: 256, slots: 256, ready: 251, failed: 5, toFail: 5, lost: [], leaks: [] },
  seconds: { accepted: 37, settled: 231, deleted: 549 },
}

it('a burst of which all came true is well', () => {
  expect(troublesOf(well)).toEqual([])
})

it.each<[string, Partial<BurstReport>]>([
  ['a wish that came to no end, or is still there', { lost: ['hpc-at-once-1'] }],
  ['two clusters with one subnet', { slots: 255 }],
  ['a create that was not answered', { slots: 255, ready: 250 }],
  ['something that is left', { leaks: ['secrets'] }],
  ['a cluster that failed and should not', { ready: 250, failed: 6 }],
  ['a cluster that became ready and should not', { ready: 252, failed: 4 }],
  ['a cluster that became neither', { ready: 250 }],
])('%s is a trouble', (_, changes) => {
  expect(troublesOf({ ...well, ...changes })).not.toEqual([])
})
