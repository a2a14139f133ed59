// Fields as zod types, built from the description. Fields that are described alike share one type.
import { asBoolean, asInteger, asNumber } from './coercions.ts'
import type { Field } from './description.ts'
import { lengthOf, pythonPattern } from './python-pattern.ts'
import { words } from './words.ts'
import { boolean, check, coerced, list, mustFit, number, suiting, type Type, text } from './zod-types.ts'

const built = new Map<string, Type>()

/** A field without sections in it. */
export function scalarOrList(field: Field): Type {
  // What is said of its updates, its default and its presence does not change the type.
  const { required: _, update: __, default: ___, key: ____, ...kind } = field
  const name = JSON.stringify(kind)
  const known = built.get(name)
  if (known) return known
  const type = build(kind)
  built.set(name, type)
  return type
}

function build(field: Field): Type {
  switch (field.type) {
    case 'string':
      return field.choices ? oneOf(field) : text(words.string, textChecks(field))
    case 'integer':
      return coerced(asInteger, field.choices ? oneOf(field) : number(words.integer, numberChecks(field)))
    case 'float':
      return coerced(asNumber, number(words.number, numberChecks(field)))
    case 'boolean':
      return coerced(asBoolean, boolean(words.boolean))
    case 'any':
      return suiting((value) => value !== null && value !== undefined, words.any)
    case 'dict':
      return suiting(isMapping, words.mapping)
    case 'list':
      return list(scalarOrList(field.item ?? { type: 'any' }), words.list, listChecks(field))
    default:
      throw new Error(`A field of the type ${field.type} is not built here.`)
  }
}

export const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const oneOf = (field: Field) =>
  suiting((value) => field.choices?.includes(value as string | number) ?? false, words.choices(field))

function textChecks({ pattern, anyOf, length }: Field) {
  const sources = anyOf ?? (pattern === undefined ? [] : [pattern])
  const forms = sources.map(pythonPattern)
  return [
    ...(forms.length > 0
      ? [mustFit((value: string) => forms.some((form) => form.test(value)), words.pattern(sources))]
      : []),
    ...(length
      ? [mustFit((value: string) => fits(lengthOf(value), length), words.length(length, 'characters'))]
      : []),
  ]
}

function numberChecks({ min, max }: Field) {
  if (min === undefined && max === undefined) return []
  return [
    mustFit((value: number) => value >= (min ?? value) && value <= (max ?? value), words.range(min, max)),
  ]
}

// Said only of a list whose items are right.
function listChecks({ length }: Field) {
  if (!length) return []
  return [
    check(({ value, issues }) => {
      if (issues.length === 0 && !fits((value as unknown[]).length, length))
        issues.push({ code: 'custom', input: value, message: words.length(length, 'items')() })
    }),
  ]
}

type Length = NonNullable<Field['length']>

const fits = (size: number, { min, max, equal }: Length) =>
  equal === undefined ? size >= (min ?? 0) && size <= (max ?? size) : size === equal
