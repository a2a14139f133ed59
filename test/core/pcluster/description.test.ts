// The description that the schema is built from: complete, fresh, and every rule that it names is written.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { description } from '../../../core/pcluster/description.ts'
import { fieldRules, sectionRules } from '../../../core/pcluster/section-rules.ts'
import { describePcluster, descriptionPath, type Told } from '../../../local/describe-pcluster.ts'
import { isThere, shared } from './corpus.ts'

const sections = Object.values(description.sections)

describe('the description of ParallelCluster', () => {
  it.skipIf(!isThere)('is fresh: node local/describe-pcluster.ts makes it', () => {
    const told = JSON.parse(readFileSync(join(shared, 'schema.json'), 'utf8')) as Told
    expect(JSON.parse(readFileSync(descriptionPath(told.version), 'utf8'))).toEqual(describePcluster(told))
  })

  it('names only rules that are written', () => {
    // The words for login nodes' KeyName are with those of unknown keys.
    const known = new Set([...Object.keys(sectionRules), ...Object.keys(fieldRules), 'handle_error'])
    const named = sections.flatMap(({ rules = [] }) => rules)
    expect(named.filter((name) => !known.has(name))).toEqual([])
    expect([...known].filter((name) => !named.includes(name))).toEqual([])
  })

  it('has every section that a field names', () => {
    const named = sections.flatMap(({ fields }) =>
      Object.values(fields).flatMap(({ section, item }) => [section ?? [], item?.section ?? []].flat()),
    )
    expect(named.filter((name) => !(name in description.sections))).toEqual([])
  })

  it('gives every field an update policy that has a weight', () => {
    const without = sections.flatMap(({ fields }) =>
      Object.entries(fields).filter(
        ([, { update }]) => !update || description.updatePolicies[update] === undefined,
      ),
    )
    // Of a script the policy is that of the key around it.
    expect(without.map(([name]) => name)).toEqual(['Script', 'Args'])
  })
})
