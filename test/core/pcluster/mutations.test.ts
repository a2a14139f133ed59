// Whatever is made wrong in a valid configuration is told as an error, at its place and nowhere else.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { description } from '../../../core/pcluster/description.ts'
import { checkSchema, schemaValidator } from '../../../core/pcluster/schema-findings.ts'
import { validate } from '../../../core/pcluster/validate.ts'
import { everySection } from './every-section.ts'
import { mutated, mutationsOf, placesOf } from './mutations.ts'

const configuration = everySection()
const places = placesOf(configuration as Record<string, unknown>)

it('the configuration that is mutated has every section, and is one', () => {
  const there = new Set(places.map(({ section }) => section))
  expect(Object.keys(description.sections).filter((name) => !there.has(name))).toEqual([])
  expect(checkSchema(configuration).findings).toBeUndefined()
})

it('each mutation is one error, where it was made', () => {
  const mutations = places.flatMap(mutationsOf)
  const any = fc
    .nat(mutations.length - 1)
    .chain((index) => mutations[index] ?? fc.constant(undefined as never))
  fc.assert(
    fc.property(any, (mutation) => {
      const { valid, findings } = validate(mutated(configuration, mutation))
      expect(valid).toBe(false)
      const told = findings.filter(
        ({ level, validator }) => level === 'ERROR' && validator === schemaValidator,
      )
      expect(told.map(({ path }) => path)).toEqual([mutation.told])
    }),
    { numRuns: 500 },
  )
})
