// Every tier with every option renders, the same each time, and no value can change a configuration's structure.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Configuration } from '../../../core/pcluster/configuration.ts'
import { renderConfiguration } from '../../../core/render/render.ts'
import { type Values, valueNames } from '../../../core/render/values.ts'
import { readTemplates } from '../../../lib/read-templates.ts'
import { someValues } from '../samples.ts'

const templates = readTemplates()
const wishes = Object.keys(templates.tiers).flatMap((tier) =>
  [true, false].flatMap((lustre) => [true, false].map((benchmark) => ({ tier, lustre, benchmark }))),
)
const debug = { tier: 'debug', lustre: true, benchmark: false }
const withoutLustre = { ...debug, lustre: false }

const render = (spec = debug, changes: Partial<Values> = {}): Configuration =>
  renderConfiguration(templates, spec, someValues(changes))

/** The tree with its scalars taken away. */
const shape = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shape)
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shape(item)]))
}

describe('a rendered configuration', () => {
  it.each(wishes)('of $tier, lustre $lustre, benchmark $benchmark, is whole and always the same', (spec) => {
    const text = JSON.stringify(render(spec))
    expect(text).not.toContain('${')
    expect(JSON.stringify(render(spec))).toBe(text)
    expect(render(spec).Scheduling.SlurmQueues.map((queue) => queue.Name)).toEqual([spec.tier])
    expect(text.includes('FsxLustre')).toBe(spec.lustre)
    for (const queue of render(spec).Scheduling.SlurmQueues)
      expect(queue.JobExclusiveAllocation).toBe(spec.benchmark ? true : undefined)
  })

  it('has what every cluster has', () => {
    expect(render()).toMatchObject({
      Region: 'a-region',
      Imds: { ImdsSupport: 'v2.0' },
      Image: { Os: 'alinux2023' },
      HeadNode: {
        InstanceType: 't3.medium',
        Networking: {
          SubnetId: { Ref: 'Subnet' },
          SecurityGroups: ['a-securityGroupId', 'a-headSecurityGroupId'],
        },
        Ssh: { KeyName: 'a-keyName' },
      },
      Scheduling: {
        Scheduler: 'slurm',
        SlurmSettings: {
          EnableMemoryBasedScheduling: true,
          Dns: { DisableManagedDns: true, UseEc2Hostnames: true },
        },
        SlurmQueues: [
          {
            AllocationStrategy: 'lowest-price',
            Networking: { SubnetIds: [{ Ref: 'Subnet' }], SecurityGroups: ['a-securityGroupId'] },
            ComputeResources: [{ MinCount: 0, MaxCount: 8 }],
          },
        ],
      },
      Monitoring: { Logs: { CloudWatch: { Enabled: true, RetentionInDays: 90, DeletionPolicy: 'Retain' } } },
      DeploymentSettings: { DefaultUserHome: 'Local' },
    })
  })

  it('leaves tags to the stack, but for the one of a benchmark', () => {
    expect(render().Tags).toBeUndefined()
    expect(render({ ...debug, benchmark: true }).Tags).toEqual([
      { Key: 'hpc-provisioner:benchmark', Value: 'true' },
    ])
  })

  it('takes an own image where the site has one and has no such key where it has none', () => {
    expect(render().Image).toEqual({ Os: 'alinux2023' })
    expect(render(debug, { customAmi: 'ami-1' }).Image).toEqual({ Os: 'alinux2023', CustomAmi: 'ami-1' })
  })

  it('has its keys in the order of the documentation', () => {
    const { Scheduling, ...rest } = render({ tier: 'prod-mpi', lustre: true, benchmark: true })
    expect(Object.keys(rest)).toEqual([
      ...['Region', 'Imds', 'Image', 'HeadNode', 'SharedStorage', 'Monitoring', 'Tags', 'DeploymentSettings'],
    ])
    expect(Object.keys(Scheduling.SlurmQueues[0] ?? {})).toEqual([
      ...[
        'Name',
        'ComputeSettings',
        'AllocationStrategy',
        'JobExclusiveAllocation',
        'CustomSlurmSettings',
        'Networking',
      ],
      ...['ComputeResources', 'CustomActions', 'Iam'],
    ])
  })
})

describe('a value', () => {
  // Those that are text in the sample, so that their type stays the same.
  const texts = valueNames.filter((name) => typeof someValues()[name] === 'string')
  const hostile = fc.oneof(
    fc.constantFrom(
      '"}',
      "'",
      'a\nTags: []',
      '!!js/function x',
      '${region}',
      '$&',
      '- a',
      '{"Ref": "X"}',
      '# a',
      '',
    ),
    fc.string({ unit: 'binary' }),
  )

  it('can hold anything and stays one scalar', () => {
    for (const spec of [debug, withoutLustre]) {
      const expected = shape(render(spec))
      fc.assert(
        fc.property(fc.constantFrom(...texts), hostile, (name, text) => {
          expect(shape(render(spec, { [name]: text }))).toEqual(expected)
        }),
      )
    }
  })
})
