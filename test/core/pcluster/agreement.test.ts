// Against ParallelCluster 3.16.1 itself: the same verdicts, and the same places of errors.
import { describe, expect, it, test } from 'vitest'
import { schemaValidator } from '../../../core/pcluster/schema-findings.ts'
import { type Finding, validate } from '../../../core/pcluster/validate.ts'
import { isThere, type Judged, readCorpus } from './corpus.ts'

// Why we may differ. The real tool ends on an exception and tells nothing else; we tell the other errors, too.
const reasons: Record<string, string> = {
  masked: 'ParallelCluster ends on an exception that hides the other errors; we tell them all',
}
const reasonOf = ({ errors }: Judged): string | undefined => ('$exception' in errors ? 'masked' : undefined)

const set = (items: readonly string[]) => [...new Set(items)].sort()
const errorPaths = (findings: readonly Finding[]) =>
  set(findings.filter(({ validator }) => validator === schemaValidator).map(({ path }) => path))
const validators = (findings: readonly Finding[], wanted: string) =>
  set(findings.filter(({ level }) => level === wanted).map(({ validator }) => validator))
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
const share = (part: number, whole: number) => `${part} of ${whole} (${((100 * part) / whole).toFixed(2)}%)`

describe.skipIf(!isThere)('with the real tool, on its own examples, tests and mutations of them', () => {
  const judged = isThere ? readCorpus().map((one) => ({ ...one, ours: validate(one.yaml) })) : []
  const slurm = judged.filter(({ scheduler }) => scheduler === 'slurm')

  it('the verdict agrees on at least 99.5%', () => {
    const differing = slurm.filter(({ tool_valid, ours }) => tool_valid !== ours.valid)
    for (const { id, ours } of differing) console.log(`verdict of ${id}: ${JSON.stringify(ours)}`)
    console.log(`verdicts agree: ${share(slurm.length - differing.length, slurm.length)}`)
    expect(slurm.length).toBe(1148)
    expect(differing.length / slurm.length).toBeLessThanOrEqual(0.005)
  })

  it('the places of errors agree on at least 97% of the invalid ones, and the rest has a reason', () => {
    const invalid = slurm.filter(({ valid }) => !valid)
    const differing = invalid.filter(
      ({ errors, ours }) => !same(set(Object.keys(errors)), errorPaths(ours.findings)),
    )
    for (const one of differing)
      console.log(
        `${one.id}: ${errorPaths(one.ours.findings)} (${reasons[reasonOf(one) ?? ''] ?? 'no reason'})`,
      )
    console.log(`places agree: ${share(invalid.length - differing.length, invalid.length)}`)
    expect(differing.filter((one) => reasonOf(one) === undefined).map(({ id }) => id)).toEqual([])
    expect(differing.length / invalid.length).toBeLessThanOrEqual(0.03)
  })

  it('the same validators speak at the same level of those that the schema accepts', () => {
    const modelled = slurm.flatMap(({ id, model, ours }) => (model ? [{ id, model, ours }] : []))
    const differing = modelled.filter(({ model, ours: { findings } }) => {
      const theirs = [model.errors.map(({ validator }) => validator), model.warnings, model.infos].map(set)
      return !same(
        theirs,
        ['ERROR', 'WARNING', 'INFO'].map((level) => validators(findings, level)),
      )
    })
    console.log(`validators agree: ${share(modelled.length - differing.length, modelled.length)}`)
    expect(differing.map(({ id }) => id)).toEqual([])
  })

  it('awsbatch is refused', () => {
    const batch = judged.filter(({ scheduler }) => scheduler === 'awsbatch')
    expect(batch.length).toBeGreaterThan(0)
    expect(batch.filter(({ ours }) => ours.valid)).toEqual([])
  })
})

test.runIf(!isThere)(
  'the agreement with the real tool is not looked at: ../shared/pcluster is not here',
  () => {
    console.log('skipped: the corpus stands beside the project where it is built, not in a clone')
  },
)
