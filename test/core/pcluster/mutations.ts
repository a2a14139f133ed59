// What can be made wrong in a valid configuration, as the description says, and where it must be told.
import fc from 'fast-check'
import { description, type Field, sectionOf } from '../../../core/pcluster/description.ts'

type Step = string | number
type Values = Record<string, unknown>
export type Place = { section: string; values: Values; at: Step[]; told: Step[] }
export type Mutation = { name: string; at: Step[]; value: unknown; told: string }

/** Every section that stands in a configuration. */
export function placesOf(values: Values, section = description.root, at: Step[] = [], told = at): Place[] {
  const below = Object.entries(sectionOf(section).fields).flatMap(([key, field]) => {
    const inner = (field.item ?? field).section
    const value = values[key]
    if (!inner || value === undefined) return []
    const [here, where] = [
      [...at, key],
      [...told, key],
    ]
    if (Array.isArray(value))
      return value.flatMap((one, index) => placesOf(one, inner, [...here, index], [...where, index]))
    const { Sequence } = value as { Sequence?: Values[] }
    if (field.type !== 'custom_action' || !Sequence) return placesOf(value as Values, inner, here, where)
    // ParallelCluster tells what is wrong in a sequence at the action.
    return Sequence.flatMap((one, index) => placesOf(one, inner, [...here, 'Sequence', index], where))
  })
  return [{ section, values, at, told }, ...below]
}

// Two letters or more: ParallelCluster reads t as true.
const words = fc.stringMatching(/^[o-x]{2,9}$/)
const texts = fc.array(words, { maxLength: 3 })
const mapping = fc.dictionary(words, words, { maxKeys: 3 })
const wrong: Record<Field['type'], fc.Arbitrary<unknown>> = {
  string: fc.oneof(fc.integer(), fc.boolean(), texts, mapping, fc.constant(null)),
  integer: fc.oneof(words, texts, mapping, fc.constant(null)),
  float: fc.oneof(words, texts, mapping, fc.constant(null)),
  boolean: fc.oneof(words, fc.integer({ min: 2 }), texts, mapping, fc.constant(null)),
  any: fc.constant(null),
  dict: fc.oneof(words, fc.integer(), texts, fc.constant(null)),
  list: fc.oneof(words, fc.integer(), mapping, fc.constant(null)),
  object: fc.oneof(words, fc.integer(), texts),
  custom_action: fc.constant(null),
}

/** What a field of a section can be made into so that it is refused. */
export function mutationsOf({ section, values, at, told }: Place): fc.Arbitrary<Mutation>[] {
  const fields = Object.entries(sectionOf(section).fields)
  // ParallelCluster ends on an exception where an item of Instances is not right.
  const path = (key: string) => (section === 'InstanceType' ? '$exception' : [...told, key].join('.'))
  return [
    words.map((key) => ({ name: 'unknown key', at: [...at, key], value: 1, told: path(key) })),
    ...fields.flatMap(([key, field]) => {
      const made = (name: string, value: fc.Arbitrary<unknown>, mark = '') =>
        value.map((one): Mutation => ({ name, at: [...at, key], value: one, told: path(key) + mark }))
      const isScript = section === 'CustomActionScript' && key === 'Script'
      return [
        made('wrong type', wrong[field.type], field.type === 'object' ? '._schema' : ''),
        ...(field.required && !isScript ? [made('missing', fc.constant(undefined))] : []),
        ...outside(field, values[key]).map((value) => made('out of range', value)),
      ]
    }),
  ]
}

function outside(
  { min, max, length, pattern, anyOf, choices }: Field,
  value: unknown,
): fc.Arbitrary<unknown>[] {
  const beyond = (length?.max ?? length?.equal ?? 0) + 1
  return [
    ...(min === undefined ? [] : [fc.integer({ min: 1, max: 1000 }).map((less) => min - less)]),
    ...(max === undefined ? [] : [fc.integer({ min: 1, max: 1000 }).map((more) => max + more)]),
    ...(pattern || anyOf ? [words.map((word) => `//§\n${word}`)] : []),
    ...(choices ? [words.map((word) => `${word}!`)] : []),
    ...(beyond > 1
      ? [fc.constant(Array.isArray(value) ? Array(beyond).fill(value[0]) : 'x'.repeat(beyond))]
      : []),
  ]
}

/** The configuration with that change; undefined removes. */
export function mutated(configuration: object, { at, value }: Mutation): object {
  const copy = structuredClone(configuration)
  const inner = at.slice(0, -1).reduce<Values>((values, step) => values[step] as Values, copy as Values)
  const last = String(at.at(-1))
  if (value === undefined) delete inner[last]
  else inner[last] = value
  return copy
}
