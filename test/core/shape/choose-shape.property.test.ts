// Whatever is wished for, of whatever a site allows: the shape is the smallest that fits, always the same, and renders.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planOf } from '../../../core/plan.ts'
import { renderConfiguration } from '../../../core/render/render.ts'
import { type Candidate, chooseShape, inOrderOfSize, lacksOf } from '../../../core/shape/choose-shape.ts'
import { instanceTypeFacts } from '../../../core/shape/instance-types.ts'
import { type Resources, Shape, tailored } from '../../../core/shape/resources.ts'
import { candidatesFor } from '../../../core/shape/shape-candidates.ts'
import { readTemplates } from '../../../lib/read-templates.ts'
import { aSite, someValues } from '../samples.ts'

const templates = readTemplates()

const wishes = fc.record(
  {
    nodes: fc.integer({ min: 1, max: 260 }),
    vcpusPerNode: fc.integer({ min: 1, max: 200 }),
    memoryGiBPerNode: fc.integer({ min: 1, max: 2000 }),
    gpusPerNode: fc.integer({ min: 0, max: 8 }),
    tightlyCoupled: fc.boolean(),
    maxRuntimeMinutes: fc.integer({ min: 1, max: 10_000 }),
  },
  { requiredKeys: ['nodes'] },
)
const sites = fc.option(
  fc.subarray(
    instanceTypeFacts.map(({ name }) => name),
    { minLength: 1 },
  ),
  {
    nil: undefined,
  },
)
const tiers = fc.constantFrom(tailored, tailored, ...Object.keys(templates.tiers))

describe('any wish', () => {
  const given = (wish: Resources, allowed: string[] | undefined, tier: string): Candidate[] =>
    candidatesFor(templates, aSite(allowed ? { instanceTypes: allowed } : {}), { tier, resources: wish })

  it('gets the smallest shape that fits, with EFA for several tightly coupled nodes; or none does', () => {
    fc.assert(
      fc.property(wishes, sites, tiers, (wish, allowed, tier) => {
        const candidates = given(wish, allowed, tier)
        const fitting = candidates.filter((one) => lacksOf(wish, one).length === 0)
        const choice = chooseShape(wish, candidates)
        if (!('shape' in choice)) {
          expect(fitting).toEqual([])
          return
        }
        const { shape } = choice
        const chosen = fitting.find(
          ({ type, queue }) => type.name === shape.instanceType && queue === shape.queue,
        )
        expect(shape.cpusPerNode).toBeGreaterThanOrEqual(wish.vcpusPerNode ?? 1)
        expect(shape.gpusPerNode).toBeGreaterThanOrEqual(wish.gpusPerNode ?? 0)
        expect((chosen?.type.memoryGiB ?? 0) * 0.95).toBeGreaterThanOrEqual(wish.memoryGiBPerNode ?? 0)
        expect(shape.efa && !chosen?.type.efa).toBe(false)
        if (wish.tightlyCoupled && chosen) expect(shape.cpusPerNode).toBe(chosen.type.cores)
        const isMpi = wish.tightlyCoupled === true && wish.nodes > 1
        const equals = fitting.filter(({ efa }) => efa === shape.efa || !isMpi)
        for (const other of equals) expect(chosen && inOrderOfSize(chosen, other)).toBeLessThanOrEqual(0)
        if (isMpi && fitting.some(({ efa }) => efa)) expect(shape.efa).toBe(true)
        Shape.parse(shape)
      }),
      { numRuns: 500 },
    )
  })

  it('gets the same whatever the order of what there is', () => {
    fc.assert(
      fc.property(wishes, sites, fc.infiniteStream(fc.nat()), (wish, allowed, random) => {
        const candidates = given(wish, allowed, tailored)
        const shuffled = candidates
          .map((one) => [random.next().value ?? 0, one] as const)
          .sort(([a], [b]) => a - b)
          .map(([, one]) => one)
        expect(chooseShape(wish, shuffled)).toEqual(chooseShape(wish, candidates))
      }),
      { numRuns: 100 },
    )
  })

  it('makes a cluster that ParallelCluster takes', async () => {
    await fc.assert(
      fc.asyncProperty(wishes, sites, tiers, fc.boolean(), async (resources, allowed, tier, lustre) => {
        const choice = chooseShape(resources, given(resources, allowed, tier))
        if (!('shape' in choice)) return
        const spec = { tier, lustre, benchmark: !lustre, resources, shape: choice.shape }
        const { findings } = await planOf(
          { templates, site: aSite() },
          { virtualLab: 'lab', project: 'project', ...spec },
        )
        expect(findings.filter(({ level }) => level === 'ERROR')).toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  it('renders to one queue of what was chosen', () => {
    fc.assert(
      fc.property(wishes, sites, tiers, fc.boolean(), (resources, allowed, tier, lustre) => {
        const choice = chooseShape(resources, given(resources, allowed, tier))
        if (!('shape' in choice)) return
        const { shape } = choice
        const spec = { tier, lustre, benchmark: false, resources, shape }
        const [queue, ...more] = renderConfiguration(templates, spec, someValues()).Scheduling.SlurmQueues
        expect(more).toEqual([])
        expect(queue?.ComputeResources).toEqual([
          {
            Name: shape.instanceType.replace('.', '-'),
            Instances: [{ InstanceType: shape.instanceType }],
            MinCount: 0,
            MaxCount: resources.nodes,
            DisableSimultaneousMultithreading: !shape.simultaneousMultithreading,
            Efa: { Enabled: shape.efa },
          },
        ])
        expect(queue).toMatchObject({
          Name: shape.queue,
          CustomSlurmSettings: { MaxNodes: shape.maxNodesPerJob },
          Networking: { PlacementGroup: { Enabled: shape.placementGroup }, SubnetIds: [{ Ref: 'Subnet' }] },
        })
        expect(queue?.CustomSlurmSettings?.MaxTime).toBe(shape.maxRuntimeMinutes ?? undefined)
      }),
      { numRuns: 100 },
    )
  })
})
