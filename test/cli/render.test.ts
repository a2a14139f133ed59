// `hpc-provisioner render`: a tier's configuration without AWS, network or settings.
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { validate } from '../../core/pcluster/validate.ts'
import { readTemplates } from '../../lib/read-templates.ts'
import { offline } from './command-line.ts'

describe('render', () => {
  test.each(Object.keys(readTemplates().tiers))(
    '%s is YAML that ParallelCluster would take',
    async (tier) => {
      const { status, out } = await offline('render', tier)
      expect(status).toBe(0)
      expect(validate(out)).toMatchObject({ valid: true })
      expect(parse(out).Scheduling.SlurmQueues[0].Name).toBe(tier)
      expect(out).not.toContain('${')
    },
  )

  test('without Lustre there is no file system of that kind', async () => {
    expect((await offline('render', 'debug')).out).toContain('FsxLustre')
    expect((await offline('render', 'debug', '--no-lustre')).out).not.toContain('FsxLustre')
  })

  test('--json prints the same as one document', async () => {
    const { out } = await offline('render', 'debug', '--json')
    expect(JSON.parse(out)).toEqual(parse((await offline('render', 'debug')).out, { version: '1.1' }))
  })

  test('an unknown tier names those that are', async () => {
    const { status, err } = await offline('render', 'no-such')
    expect(status).toBe(2)
    expect(err).toMatch(/prod-mpi/)
  })
})
