// Every rule of the model that ParallelCluster checks without AWS: a configuration, who speaks, where, how loudly.
import { describe, expect, it } from 'vitest'
import { modelRules } from '../../../core/pcluster/model.ts'
import { validate } from '../../../core/pcluster/validate.ts'
import { clusterRows } from './cluster-rows.ts'
import { changed, minimal } from './configurations.ts'
import { queueRows } from './queue-rows.ts'
import { slurmRows } from './slurm-rows.ts'
import { storageRows } from './storage-rows.ts'

const rows = [...clusterRows, ...queueRows, ...slurmRows, ...storageRows]

describe('a rule', () => {
  it.each(rows)('%s speaks at %s', (validator, path, changes, level = 'ERROR') => {
    const { findings } = validate(changed(changes))
    expect(findings).toContainEqual({ level, validator, path, message: expect.stringMatching(/\.$/) })
  })

  it('is silent over a configuration that is right', () => {
    expect(validate(minimal())).toEqual({ valid: true, findings: [] })
  })

  it('has a row here', () => {
    const named = new Set(['ClusterNameValidator', ...rows.map(([validator]) => validator)])
    expect(Object.keys(modelRules).filter((name) => !named.has(name))).toEqual([])
  })
})

describe("the cluster's name", () => {
  const accounting = {
    'Scheduling.SlurmSettings.Database': {
      Uri: 'db:3306',
      UserName: 'u',
      PasswordSecretArn: 'arn:aws:secretsmanager:eu-west-1:1:secret:x',
    },
  }
  const told = (name: string | undefined, changes = {}) =>
    validate(changed(changes), { name }).findings.filter(
      ({ validator }) => validator === 'ClusterNameValidator',
    )

  it.each([
    ['a'.repeat(60), {}],
    ['a'.repeat(40), accounting],
    ['A-1-', {}],
    [undefined, {}],
  ])('%s is taken', (name, changes) => {
    expect(told(name, changes)).toEqual([])
  })

  it.each([
    ['a'.repeat(61), {}],
    ['a'.repeat(41), accounting],
    ['1a', {}],
    ['a_b', {}],
    ['', {}],
  ])('%s is refused', (name, changes) => {
    expect(told(name, changes)).toEqual([
      { level: 'ERROR', validator: 'ClusterNameValidator', path: '$name', message: expect.any(String) },
    ])
  })
})
