// What a version of ParallelCluster accepts, as data.
import { schema } from './version.ts'

export type Field = {
  type: 'string' | 'integer' | 'float' | 'boolean' | 'any' | 'dict' | 'object' | 'list' | 'custom_action'
  required?: true
  /** Of an object; of a list of objects it is in `item`. */
  section?: string
  item?: Field
  pattern?: string
  anyOf?: readonly string[]
  choices?: readonly (string | number)[]
  min?: number
  max?: number
  length?: { min?: number; max?: number; equal?: number }
  default?: unknown
  /** The name of its update policy; absent where it is the enclosing field's. */
  update?: string
  /** By what the items of a list are told apart in an update. */
  key?: string
}

export type Section = {
  fields: Readonly<Record<string, Field>>
  /** Names of cross-field rules, see section-rules.ts. */
  rules?: readonly string[]
  /** Keys that the schema leaves open and the model needs. */
  needs?: readonly string[]
}

export type Description = {
  version: string
  root: string
  /** Each policy's weight: 0 is free, 10 wants the fleet stopped, 1000 is impossible. */
  updatePolicies: Readonly<Record<string, number>>
  sections: Readonly<Record<string, Section>>
}

export const description = schema as unknown as Description

export function sectionOf(name: string): Section {
  const section = description.sections[name]
  if (!section) throw new Error(`The description of ParallelCluster has no section ${name}.`)
  return section
}
