// The facts of instance types are what EC2 answers: the script makes of its answers the rows that are stored.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Families } from '../../core/shape/instance-types.ts'
import { describeInstanceTypes, factsPath, type Told } from '../../local/describe-instance-types.ts'

// What is read of some of EC2's answers; moto 5.2.5 keeps them all.
const answers = join(import.meta.dirname, '../fixtures/describe-instance-types.json')
const { InstanceTypes } = JSON.parse(readFileSync(answers, 'utf8')) as { InstanceTypes: Told[] }
const stored = JSON.parse(readFileSync(factsPath, 'utf8')) as Families

describe('the facts', () => {
  const made = describeInstanceTypes(InstanceTypes)

  it.each([
    't3.micro',
    'c5n.large',
    'c7a.48xlarge',
    'c7gn.16xlarge',
    'hpc6id.32xlarge',
    'hpc8a.96xlarge',
    'g5.48xlarge',
    'g6e.48xlarge',
    'p4d.24xlarge',
  ])('of %s are what EC2 answers', (type) => {
    const [family = '', size = ''] = type.split('.')
    const { sizes: ours, ...of } = stored[family] ?? { sizes: {} }
    const { sizes: theirs, ...told } = made[family] ?? { sizes: {} }
    expect(ours[size]).toBeDefined()
    expect([ours[size], of]).toEqual([theirs[size], told])
  })

  it('leave out what is too small, has no hypervisor, or is of a family for other things', () => {
    const types = Object.entries(made).flatMap(([family, { sizes }]) =>
      Object.keys(sizes).map((size) => `${family}.${size}`),
    )
    expect(types).toHaveLength(InstanceTypes.length - 3)
    expect(types).not.toContain('t3.nano')
  })

  it('stay as they are when they are made again, also of a region that has few types', () => {
    expect(JSON.stringify(describeInstanceTypes(InstanceTypes, stored))).toBe(JSON.stringify(stored))
  })
})
