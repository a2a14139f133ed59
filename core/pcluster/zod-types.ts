// zod's types, made by its core: its functions equip each with what nothing here calls, and a model has thousands.
// What is made here parses and reports like every zod type.
import {
  $ZodArray,
  $ZodBoolean,
  $ZodCheck,
  type $ZodErrorMap,
  $ZodNever,
  $ZodNumber,
  $ZodObject,
  $ZodOptional,
  $ZodPipe,
  type $ZodRawIssue,
  $ZodString,
  $ZodTransform,
  type $ZodType,
  type ParsePayload,
} from 'zod/v4/core'

export type Type = $ZodType
export type Issues = $ZodRawIssue[]
type Words = (issue: { input?: unknown }) => string
// biome-ignore lint/suspicious/noExplicitAny: a check takes what its type holds
type Check = $ZodCheck<any>
type Payload = ParsePayload

const error = (words: Words) => words as $ZodErrorMap<never>

export const text = (words: Words, checks: Check[]): Type =>
  new $ZodString({ type: 'string', error: error(words), checks })

export const number = (words: Words, checks: Check[]): Type =>
  new $ZodNumber({ type: 'number', error: error(words), checks })

export const boolean = (words: Words): Type => new $ZodBoolean({ type: 'boolean', error: error(words) })

export const list = (element: Type, words: Words, checks: Check[]): Type =>
  new $ZodArray({ type: 'array', element, error: error(words), checks })

const nothing: Type = new $ZodNever({ type: 'never' })

/** Keys outside of the shape are an issue `unrecognized_keys` of the section. */
export const object = (shape: Record<string, Type>, words: Words, checks: Check[]): Type =>
  new $ZodObject({ type: 'object', shape, catchall: nothing, error: error(words), checks })

export const transformed = (transform: (value: unknown, issues: Issues) => unknown): Type =>
  new $ZodTransform({ type: 'transform', transform: (value, { issues }) => transform(value, issues) })

/** First coerced, then checked. */
export const coerced = (coerce: (value: unknown) => unknown, out: Type): Type =>
  new $ZodPipe({ type: 'pipe', in: transformed(coerce), out })

/** Any value that fits; refusing one does not end the checks of the section around it. */
export const suiting = (fits: (value: unknown) => boolean, words: Words): Type =>
  transformed((value, issues) => {
    if (!fits(value)) issues.push({ code: 'custom', input: value, message: words({ input: value }) })
    return value
  })

const optionals = new WeakMap<Type, Type>()

export function optional(innerType: Type): Type {
  const type = optionals.get(innerType) ?? new $ZodOptional({ type: 'optional', innerType })
  optionals.set(innerType, type)
  return type
}

/** A check of what has the right type. */
export function check(look: (payload: Payload) => void): Check {
  const made = new $ZodCheck({ check: 'custom' })
  made._zod.check = look
  return made
}

/** A check that also runs over what was refused in part: ParallelCluster tells all errors of a section at once. */
export function always(look: (payload: Payload) => void): Check {
  const made = check(look)
  made._zod.def.when = () => true
  return made
}

/** The same as a check: a value that does not fit is told in words. */
export const mustFit = <T>(fits: (value: T) => boolean, words: Words): Check =>
  check(({ value, issues }) => {
    if (!fits(value as T)) issues.push({ code: 'custom', input: value, message: words({ input: value }) })
  })
