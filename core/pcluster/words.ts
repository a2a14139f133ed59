// What is said of a field that does not fit; a finding puts the field's name before it.
import type { Field } from './description.ts'

type Issue = { input?: unknown }

/** The same opening for every kind: what is missing or empty is told first. */
const or =
  (text: (input: unknown) => string) =>
  ({ input }: Issue): string => {
    if (input === undefined) return 'is required: add it.'
    if (input === null) return 'has no value: give it one, or remove the key.'
    return text(input)
  }

const shown = (value: unknown): string => {
  if (typeof value === 'symbol') return `the date ${value.description}`
  const text = typeof value === 'string' ? `'${value}'` : String(JSON.stringify(value))
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

export const words = {
  string: or((input) =>
    typeof input === 'object'
      ? 'must be text, not a list or a section.'
      : `must be text: put it in quotes (YAML reads it as ${shown(input)}).`,
  ),
  integer: or((input) => `must be a whole number, not ${shown(input)}.`),
  number: or((input) => `must be a number, not ${shown(input)}.`),
  boolean: or((input) => `must be true or false, not ${shown(input)}.`),
  any: or(() => 'has a value that cannot be used.'),
  mapping: or((input) => `must be a section of keys and values, not ${shown(input)}.`),
  list: or((input) => `must be a list, not ${shown(input)}: begin each item with a dash.`),
  section: or((input) => `must be a section of keys and values, not ${shown(input)}.`),
  pattern: (patterns: readonly string[]) =>
    or((input) => `is ${shown(input)}, which does not have the form ${patterns.join(' or ')}.`),
  choices: ({ choices = [] }: Field) =>
    or((input) => `must be one of ${choices.join(', ')}, not ${shown(input)}.`),
  range: (min: number | undefined, max: number | undefined) =>
    or((input) => {
      if (max === undefined) return `must be at least ${min}, not ${shown(input)}.`
      return min === undefined
        ? `must be at most ${max}, not ${shown(input)}.`
        : `must be from ${min} to ${max}, not ${shown(input)}.`
    }),
  length:
    ({ min, max, equal }: NonNullable<Field['length']>, what: string) =>
    () => {
      if (equal !== undefined)
        return `must have exactly ${equal} ${equal === 1 ? what.replace(/s$/, '') : what}.`
      if (max === undefined) return `must have at least ${min} ${what}.`
      return min === undefined
        ? `must have at most ${max} ${what}.`
        : `must have from ${min} to ${max} ${what}.`
    },
}
