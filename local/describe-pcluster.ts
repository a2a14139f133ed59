// Makes core/pcluster/schema-<version>.json from ParallelCluster's schema as the real tool tells it:
//   node local/describe-pcluster.ts [../shared/pcluster/schema.json] && npx biome check --write core/pcluster
// Facts only: its sentences stay behind.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Description, Field, Section } from '../core/pcluster/description.ts'

type Validator = {
  kind: string
  pattern?: string
  choices?: (string | number)[]
  min?: number | null
  max?: number | null
  equal?: number | null
  any_of_patterns?: string[]
  validators?: Validator[]
}
type Policy = { name: string; level: number } | string
type ToldField = {
  type: Field['type']
  nested?: string
  items?: ToldField
  required?: boolean
  validators?: Validator[]
  update_policy?: Policy
  update_key?: string
  model_default?: { value?: unknown }
}
type ToldSection = {
  fields: Record<string, ToldField>
  rules: { name: string }[]
  effectively_required: Record<string, string[]>
}
export type Told = { version: string; root: string; schemas: Record<string, ToldSection> }

const short = (section: string) => section.replace(/Schema$/, '')
const given = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined
const defined = <T extends object>(object: T): T =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => given(value))) as T

function constraint(told: Validator): Partial<Field> {
  const { min, max, equal } = told
  switch (told.kind) {
    case 'Regexp':
      return { pattern: told.pattern ?? '' }
    case 'OneOf':
      return { choices: told.choices ?? [] }
    case 'Range':
      return defined({ min, max }) as Partial<Field>
    case 'Length':
      return { length: defined({ min, max, equal }) as NonNullable<Field['length']> }
    case 'Function':
      return { anyOf: told.any_of_patterns ?? [] }
    case 'And':
      return Object.assign({}, ...(told.validators ?? []).map(constraint))
    default:
      throw new Error(`There is no rule for validators of the kind ${told.kind}: teach it to this script.`)
  }
}

const field = (told: ToldField): Field =>
  defined({
    type: told.type,
    required: told.required || undefined,
    section: told.nested && short(told.nested),
    item: told.items && field(told.items),
    ...Object.assign({}, ...(told.validators ?? []).map(constraint)),
    default: told.model_default?.value,
    update: typeof told.update_policy === 'object' ? told.update_policy.name : undefined,
    key: told.update_key,
  }) as Field

/** Keys that the real tool's model cannot do without although its schema does; conditions are in the rules. */
const needs = (told: ToldSection): string[] =>
  Object.values(told.effectively_required)
    .flat()
    .filter((key) => key in told.fields)

const section = (told: ToldSection): Section =>
  defined({
    fields: Object.fromEntries(Object.entries(told.fields).map(([name, one]) => [name, field(one)])),
    rules: told.rules.length > 0 ? told.rules.map(({ name }) => name) : undefined,
    needs: needs(told).length > 0 ? needs(told) : undefined,
  }) as Section

export function describePcluster(told: Told): Description {
  const policies = Object.values(told.schemas)
    .flatMap(({ fields }) => Object.values(fields))
    .flatMap(({ update_policy }) => (typeof update_policy === 'object' ? [update_policy] : []))
    .map(({ name, level }) => [name, level] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    version: told.version,
    root: short(told.root),
    updatePolicies: Object.fromEntries(policies),
    sections: Object.fromEntries(
      Object.entries(told.schemas).map(([name, one]) => [short(name), section(one)]),
    ),
  }
}

export const sourcePath = join(import.meta.dirname, '../../shared/pcluster/schema.json')
export const descriptionPath = (version: string) =>
  join(import.meta.dirname, `../core/pcluster/schema-${version}.json`)

if (import.meta.main) {
  const told = JSON.parse(readFileSync(process.argv[2] ?? sourcePath, 'utf8')) as Told
  writeFileSync(descriptionPath(told.version), `${JSON.stringify(describePcluster(told), null, 2)}\n`)
}
