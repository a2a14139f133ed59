// Whatever can be asked for renders to a configuration that ParallelCluster takes, and always to the same one.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import type { Spec } from '../../core/cluster.ts'
import { isAppError } from '../../core/errors.ts'
import { planOf } from '../../core/plan.ts'
import { renderConfiguration } from '../../core/render/render.ts'
import { stackTemplate, templateBytesLimit } from '../../core/render/stack-template.ts'
import { tierOf } from '../../core/render/templates.ts'
import { addChanges, withChanges } from '../../core/shape/changes.ts'
import type { Resources } from '../../core/shape/resources.ts'
import { shapeFor } from '../../core/shape/shape-candidates.ts'
import { withShape } from '../../core/shape/with-shape.ts'
import { readTemplates } from '../../lib/read-templates.ts'
import { aCluster, aSite, someValues } from './samples.ts'

const templates = readTemplates()
const site = aSite()

const ids = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/)
const resources = fc.record(
  {
    nodes: fc.integer({ min: 1, max: 20 }),
    vcpusPerNode: fc.integer({ min: 1, max: 96 }),
    memoryGiBPerNode: fc.integer({ min: 1, max: 300 }),
    tightlyCoupled: fc.boolean(),
    maxRuntimeMinutes: fc.integer({ min: 1, max: 720 }),
  },
  { requiredKeys: ['nodes'] },
)

/** A tier or what was made to measure, in a tier or without one; `undefined` where nothing fits. */
const shaped = (tier: string, wish: Resources | undefined): Pick<Spec, 'tier' | 'resources' | 'shape'> => {
  if (!wish) return { tier: tier === 'tailored' ? 'debug' : tier }
  try {
    return { tier, resources: wish, shape: shapeFor(templates, site, { tier, resources: wish }) }
  } catch (error) {
    if (!isAppError(error, 'NothingFits')) throw error
    return { tier: 'debug' }
  }
}

const specs: fc.Arbitrary<Spec> = fc
  .record({
    tier: fc.constantFrom('tailored', ...Object.keys(templates.tiers)),
    wish: fc.option(resources, { nil: undefined }),
    lustre: fc.boolean(),
    benchmark: fc.boolean(),
    counts: fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 3 }),
    limits: fc.record(
      {
        maxNodes: fc.integer({ min: 1, max: 10_000 }),
        maxTime: fc.constantFrom('90', '12:00:00', '1-12', 'INFINITE'),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ tier, wish, lustre, benchmark, counts, limits }) => {
    const own = shaped(tier, wish)
    const names = tierOf(withShape(templates, own), own.tier).queues.flatMap((queue) =>
      queue.ComputeResources.map(({ Name }) => Name),
    )
    const maxCounts = Object.fromEntries(
      counts.flatMap((count, at) => (names[at] ? [[names[at], count]] : [])),
    )
    return { ...own, lustre, benchmark, changes: addChanges(limits, counts.length ? { maxCounts } : {}) }
  })

/** The same with every map's keys in another order. */
const turned = <T>(value: T): T => {
  if (Array.isArray(value)) return value.map(turned) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, one]) => [key, turned(one)]),
  ) as T
}

describe('whatever is asked for', () => {
  it('renders to a configuration without an error, in a template that fits into a request', async () => {
    await fc.assert(
      fc.asyncProperty(ids, ids, specs, async (virtualLab, project, spec) => {
        const { findings, template } = await planOf({ templates, site }, { virtualLab, project, ...spec })
        expect(findings.filter(({ level }) => level === 'ERROR')).toEqual([])
        expect(JSON.stringify(template).length).toBeLessThan(templateBytesLimit)
      }),
      { numRuns: 150 },
    )
  })

  it('renders to the same bytes again, whatever the order of keys in what was asked', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const first = renderConfiguration(templates, spec, someValues())
        const again = renderConfiguration(templates, turned(spec), turned(someValues()))
        expect(JSON.stringify(again)).toBe(JSON.stringify(first))
        expect(stringify(again)).toBe(stringify(first))
        const stacks = [spec, turned(spec)].map((one) =>
          JSON.stringify(stackTemplate(templates, aCluster({ spec: one }), turned(site))),
        )
        expect(stacks[0]).toBe(stacks[1])
      }),
      { numRuns: 60 },
    )
  })

  it('leaves the templates as they are', () => {
    const before = JSON.stringify(templates)
    fc.assert(
      fc.property(specs, (spec) => {
        renderConfiguration(templates, spec, someValues())
        withChanges(tierOf(withShape(templates, spec), spec.tier).queues, spec.changes ?? {})
        expect(JSON.stringify(templates)).toBe(before)
      }),
      { numRuns: 30 },
    )
  })
})
