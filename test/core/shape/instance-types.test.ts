// The facts of the instance types are whole: one row each, sane, and all that the tiers use among them.
import { describe, expect, it } from 'vitest'
import { instanceTypes } from '../../../core/render/templates.ts'
import { allows, instanceTypeFacts } from '../../../core/shape/instance-types.ts'
import { slurmMinutes } from '../../../core/shape/slurm-time.ts'
import { readTemplates } from '../../../lib/read-templates.ts'

const names = instanceTypeFacts.map(({ name }) => name)

describe('the facts', () => {
  it('have each type once', () => {
    expect(new Set(names).size).toBe(names.length)
  })

  it('have every type of every tier', () => {
    const templates = readTemplates()
    const used = Object.keys(templates.tiers).flatMap((tier) => instanceTypes(templates, tier))
    expect(used.filter((type) => !names.includes(type))).toEqual([])
  })

  it.each(instanceTypeFacts)('of $name hold together', (type) => {
    expect([1, 2]).toContain(type.vcpus / type.cores || 2)
    expect(type.memoryGiB).toBeGreaterThan(0)
    expect(type.networkGbps).toBeGreaterThan(0)
    expect(type.gpus > 0).toBe(type.gpu !== undefined)
    if (type.efa > 0) expect(type.placementGroup).toBe(true)
  })

  it('are allowed one by one or by family', () => {
    expect(names.filter((name) => allows('hpc7a.*', { name }))).toHaveLength(4)
    expect(names.filter((name) => allows('c7a.48xlarge', { name }))).toEqual(['c7a.48xlarge'])
    expect(names.filter((name) => allows('c7.*', { name }))).toEqual([])
  })
})

describe('a time of Slurm', () => {
  it.each([
    ['90', 90],
    [90, 90],
    ['1:30', 2],
    ['12:00:00', 720],
    ['1-0', 1440],
    ['1-12:30', 2190],
    ['2-00:00:01', 2881],
    ['UNLIMITED', undefined],
    ['', undefined],
    ['1:2:3:4', undefined],
    ['-5', undefined],
  ])('%j is %j minutes', (text, minutes) => {
    expect(slurmMinutes(text)).toBe(minutes)
  })
})
