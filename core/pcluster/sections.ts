// Sections as zod types, built from the description when they are first met.
import { actionType } from './actions.ts'
import { crashesOf } from './crash-rules.ts'
import { type Field, sectionOf } from './description.ts'
import { scalarOrList } from './fields.ts'
import { fieldRules, type Problem, sectionRules } from './section-rules.ts'
import type { Values } from './values.ts'
import { words } from './words.ts'
import { always, type Issues, list, object, optional, type Type } from './zod-types.ts'

const built = new Map<string, Type>()

function known(name: string, build: () => Type): Type {
  const type = built.get(name) ?? build()
  built.set(name, type)
  return type
}

/** A section that stands by itself. */
export const sectionType = (name: string): Type =>
  known(name, () =>
    object(shapeOf(name), words.section, [
      always(({ value, issues }) => checkSections(name, [value], issues, false)),
    ]),
  )

const sectionsType = (name: string): Type =>
  known(`${name}[]`, () =>
    list(object(shapeOf(name), words.section, []), words.list, [
      always(({ value, issues }) => checkSections(name, value, issues, true)),
    ]),
  )

// Getters, so that a section is built when a configuration first has it.
function shapeOf(name: string): Record<string, Type> {
  const shape: Record<string, Type> = {}
  for (const [key, field] of Object.entries(sectionOf(name).fields))
    Object.defineProperty(shape, key, { get: () => fieldType(field), enumerable: true, configurable: true })
  return shape
}

const fieldType = (field: Field): Type => (field.required ? typeOf(field) : optional(typeOf(field)))

function typeOf(field: Field): Type {
  const { section } = field.item ?? field
  if (!section) return scalarOrList(field)
  if (field.type === 'list') return sectionsType(section)
  return field.type === 'object' ? sectionType(section) : actionType(sectionType(section))
}

/** One section, or all of a list: its rules are silent while a field anywhere in the list is wrong (marshmallow). */
function checkSections(name: string, sections: unknown, issues: Issues, inList: boolean): void {
  if (!Array.isArray(sections)) return
  const description = sectionOf(name)
  const told = (index: number, { path, message }: Problem, mark = {}) =>
    issues.push({
      code: 'custom',
      input: undefined,
      path: inList ? [index, ...path] : path,
      message,
      ...mark,
    })
  const each = (visit: (section: Values, index: number) => void) =>
    sections.forEach((section, index) => {
      if (typeof section === 'object' && section !== null && !Array.isArray(section))
        visit(section as Values, index)
    })
  const names = description.rules ?? []

  tellUnknownKeys(name, issues)
  const ofFields = names.flatMap((one) => fieldRules[one] ?? [])
  if (ofFields.length > 0) {
    // Put in order once: a list of thousands is not searched for each of its items.
    const before = inList ? byStep(issues, 0) : new Map([[0, [...issues]]])
    each((section, index) => {
      const own = byStep(before.get(index) ?? [], inList ? 1 : 0)
      for (const rule of ofFields)
        for (const problem of fieldProblems(rule, section, own.get(rule.field) ?? [], inList ? 2 : 1))
          told(index, problem)
    })
  }
  if (issues.length > 0) return
  each((section, index) => {
    for (const rule of names)
      for (const problem of sectionRules[rule]?.(section, description) ?? []) told(index, problem)
  })
  if (issues.length > 0) return
  each((section, index) => {
    for (const problem of crashesOf(name, section, description)) told(index, problem, { crash: true })
  })
}

/** zod has one issue for all unknown keys of a section; each becomes one of its own. */
function tellUnknownKeys(name: string, issues: Issues): void {
  if (!issues.some(({ code }) => code === 'unrecognized_keys')) return
  const told = issues.flatMap((issue): Issues => {
    if (issue.code !== 'unrecognized_keys') return [issue]
    return (issue.keys as string[]).map((key) => ({
      code: 'custom',
      input: undefined,
      path: [...(issue.path ?? []), key],
      message: unknownKey(name, key),
    }))
  })
  issues.length = 0
  for (const issue of told) issues.push(issue)
}

/** The issues by the step of their paths at that depth. */
function byStep(issues: Issues, depth: number): Map<PropertyKey | undefined, Issues> {
  const groups = new Map<PropertyKey | undefined, Issues>()
  for (const issue of issues) {
    const step = issue.path?.[depth]
    const group = groups.get(step)
    if (group) group.push(issue)
    else groups.set(step, [issue])
  }
  return groups
}

/** `within` are the issues of the field and its parts, whose paths go on from `depth`. */
function fieldProblems(
  { field, check }: (typeof fieldRules)[string],
  section: Values,
  within: Issues,
  depth: number,
): Problem[] {
  const value = section[field]
  if (value === undefined || within.some(({ path = [] }) => path.length === depth)) return []
  // The check for duplicates ends the real tool when an item of Instances is not right.
  if (field === 'Instances' && within.length > 0) {
    for (const issue of within) Object.assign(issue, { crash: true })
    return []
  }
  const parts = new Set(within.map(({ path = [] }) => partOf(path[depth], path[depth + 1])))
  const message = check(value, (item, key) => parts.has(partOf(item, key)))
  if (message === undefined) return []
  return [{ path: within.length > 0 ? [field, '_schema'] : [field], message }]
}

/** An issue of an item alone is one of the whole item. */
const partOf = (item: PropertyKey | undefined, key: PropertyKey = '_schema') =>
  `${String(item)}.${String(key)}`

function unknownKey(name: string, key: string): string {
  // Removed in 3.15.
  if (name === 'LoginNodesSsh' && key === 'KeyName') return 'is no longer known for login nodes: remove it.'
  const fields = Object.keys(sectionOf(name).fields)
  const near =
    fields.find((field) => field.toLowerCase() === key.toLowerCase()) ??
    fields.find((field) => isNear(field, key))
  return near
    ? `is not known here: did you mean ${near}?`
    : `is not known here: remove it. Known are ${fields.join(', ')}.`
}

/** One letter more, fewer, other or exchanged. */
function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start += 1
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1
  const [restA, restB] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  if (restA.length <= 1 && restB.length <= 1) return true
  return restA.length === 2 && restA === [...restB].reverse().join('')
}
