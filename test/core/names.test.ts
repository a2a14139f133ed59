// Names are derived, stable, unique per tenant, and fit every service that they are given to.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClusterName, Id } from '../../core/cluster.ts'
import { clusterName, secretName, stackName } from '../../core/names.ts'

const idCharacter = (characters: string) => fc.constantFrom(...characters)
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const id = fc
  .tuple(idCharacter(letters), fc.string({ unit: idCharacter(`${letters}-`), maxLength: 63 }))
  .map(([first, rest]) => first + rest)
const tenant = fc.record({ virtualLab: id, project: id })
const uuid = '1c9e1d8e-8c0b-4b0a-9a53-0f4f5f1e7a11'

describe('the name of a cluster', () => {
  it('is the same each time', () => {
    expect(clusterName({ virtualLab: uuid, project: uuid })).toBe('hpc-1c9e1d8e-8c0b-4b-c2enq7thbm4b9e3')
  })

  it.each([
    [
      { virtualLab: 'a-b', project: 'c' },
      { virtualLab: 'a', project: 'b-c' },
    ],
    [
      { virtualLab: 'a', project: 'p' },
      { virtualLab: 'A', project: 'p' },
    ],
    [
      { virtualLab: 'v', project: '1' },
      { virtualLab: 'v', project: '10' },
    ],
    [
      { virtualLab: 'v', project: `${'x'.repeat(20)}1` },
      { virtualLab: 'v', project: `${'x'.repeat(20)}2` },
    ],
    [
      { virtualLab: 'p', project: 'v' },
      { virtualLab: 'v', project: 'p' },
    ],
  ])('keeps %j and %j apart', (one, other) => {
    expect(clusterName(one)).not.toBe(clusterName(other))
  })

  it('fits ParallelCluster with accounting, its own schema and CloudFormation, for any ids', () => {
    fc.assert(
      fc.property(tenant, (of) => {
        expect(Id.safeParse(of.project).success).toBe(true)
        const name = clusterName(of)
        expect(name.length).toBeLessThanOrEqual(40)
        expect(name).toMatch(/^[a-z][a-z0-9-]*[a-z0-9]$/)
        expect(ClusterName.safeParse(name).success).toBe(true)
        const deployment = { name, deploymentId: '01k0abcdefghjkmnpqrstvwxyz' }
        expect(stackName(deployment).length).toBeLessThanOrEqual(128)
        expect(secretName(deployment, 'admin')).toMatch(/^[\w/+=.@-]{1,512}$/)
      }),
    )
  })

  it.each([[uuid], ['my-project'], ['2026-11-22-14H05'], ['a'], ['x'.repeat(64)]])(
    'is made of the id %s',
    (project) => {
      expect(Id.safeParse(project).success).toBe(true)
      expect(ClusterName.safeParse(clusterName({ virtualLab: uuid, project })).success).toBe(true)
    },
  )
})
