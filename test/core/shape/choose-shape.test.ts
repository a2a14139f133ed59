// Which shape a wish gets, and what it is told where none fits.
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../core/errors.ts'
import { Resources, type Shape, tailored } from '../../../core/shape/resources.ts'
import { shapeFor } from '../../../core/shape/shape-candidates.ts'
import { readTemplates } from '../../../lib/read-templates.ts'
import { aSite } from '../samples.ts'

const templates = readTemplates()
const choose = (resources: Resources, tier = tailored, instanceTypes?: string[]) =>
  shapeFor(templates, aSite(instanceTypes ? { instanceTypes } : {}), {
    tier,
    resources: Resources.parse(resources),
  })

type Row = { because: string; asked: Resources; tier?: string; allowed?: string[]; is: Partial<Shape> }
const rows: Row[] = [
  {
    because: 'nothing but room is asked for, and one vCPU is the fewest',
    asked: { nodes: 2 },
    is: { instanceType: 'c7a.medium', nodes: 2, maxNodesPerJob: 2, maxRuntimeMinutes: null, efa: false },
  },
  {
    because: 'of two vCPUs t3.micro has the least memory',
    asked: { nodes: 1, vcpusPerNode: 2 },
    is: { instanceType: 't3.micro', cpusPerNode: 2, memoryGiBPerNode: 0.9, placementGroup: false },
  },
  {
    because: 'of 128 GiB jobs get 121.5, so that 122 take the next larger',
    asked: { nodes: 1, vcpusPerNode: 32, memoryGiBPerNode: 122 },
    allowed: ['m7a.*', 'r7a.8xlarge'],
    is: { instanceType: 'r7a.8xlarge', memoryGiBPerNode: 243.1 },
  },
  {
    because: 'of 128 GiB jobs get 121.5, which is enough',
    asked: { nodes: 1, vcpusPerNode: 32, memoryGiBPerNode: 121.5 },
    allowed: ['m7a.*', 'r7a.8xlarge'],
    is: { instanceType: 'm7a.8xlarge', memoryGiBPerNode: 121.5 },
  },
  {
    because: 'of equal vCPUs and memory the slower network is the smaller',
    asked: { nodes: 1, vcpusPerNode: 32, memoryGiBPerNode: 100 },
    allowed: ['m7a.8xlarge', 'm5.8xlarge'],
    is: { instanceType: 'm5.8xlarge' },
  },
  {
    because: 'a tightly coupled job counts cores, and c7i.4xlarge has 8 of them for its 16 vCPUs',
    asked: { nodes: 1, vcpusPerNode: 16, tightlyCoupled: true },
    allowed: ['c7i.*'],
    is: {
      instanceType: 'c7i.8xlarge',
      cpusPerNode: 16,
      simultaneousMultithreading: false,
      placementGroup: true,
      efa: false,
    },
  },
  {
    because: 'a core with one thread has no thread to switch off',
    asked: { nodes: 1, vcpusPerNode: 16, tightlyCoupled: true },
    is: { instanceType: 'c7a.4xlarge', simultaneousMultithreading: true, placementGroup: true, efa: false },
  },
  {
    because: 'several tightly coupled nodes want EFA, and of the types that have it this is the smallest',
    asked: { nodes: 4, vcpusPerNode: 16, tightlyCoupled: true },
    is: { instanceType: 'hpc7a.12xlarge', cpusPerNode: 24, placementGroup: true, efa: true },
  },
  {
    because: 'of what the site allows only one type has EFA, however much larger it is',
    asked: { nodes: 2, tightlyCoupled: true },
    allowed: ['c7i.*'],
    is: { instanceType: 'c7i.48xlarge', simultaneousMultithreading: false, efa: true },
  },
  {
    because: 'a type with EFA that does not fit is no reason to refuse one that does',
    asked: { nodes: 2, memoryGiBPerNode: 400, tightlyCoupled: true },
    allowed: ['c7i.*', 'm5.*', 'r7a.16xlarge'],
    is: { instanceType: 'r7a.16xlarge', placementGroup: true, efa: false },
  },
  {
    because: 'EFA is used where the type has it',
    asked: { nodes: 1, vcpusPerNode: 192, tightlyCoupled: true },
    allowed: ['c7a.*'],
    is: { instanceType: 'c7a.48xlarge', placementGroup: true, efa: true },
  },
  {
    because: 'EFA is for tightly coupled jobs only',
    asked: { nodes: 4, vcpusPerNode: 150 },
    allowed: ['c7a.48xlarge'],
    is: { instanceType: 'c7a.48xlarge', placementGroup: false, efa: false },
  },
  {
    because: 'burstable types cannot be in a placement group',
    asked: { nodes: 2, vcpusPerNode: 2, tightlyCoupled: true },
    allowed: ['t3.*', 'm5.*'],
    is: { instanceType: 'm5.xlarge', cpusPerNode: 2 },
  },
  {
    because: 'GPUs only come where they are asked for, however much memory is',
    asked: { nodes: 1, memoryGiBPerNode: 1400 },
    is: { instanceType: 'x2iedn.16xlarge', gpusPerNode: 0 },
  },
  {
    because: 'few GPUs are smaller than few vCPUs',
    asked: { nodes: 1, vcpusPerNode: 48, gpusPerNode: 1 },
    is: { instanceType: 'g5.16xlarge', gpusPerNode: 1 },
  },
  {
    because: 'the head node is x86_64, and all nodes must be',
    asked: { nodes: 1, vcpusPerNode: 8 },
    allowed: ['c7g.*', 'm7a.*'],
    is: { instanceType: 'm7a.2xlarge' },
  },
  {
    because: 'a tier is the frame: its type, its placement group, EFA and time, fewer nodes',
    asked: { nodes: 4 },
    tier: 'prod-mpi',
    is: {
      ...{ queue: 'prod-mpi', instanceType: 'c7a.48xlarge', nodes: 4, maxNodesPerJob: 4 },
      ...{ efa: true, placementGroup: true, maxRuntimeMinutes: 720 },
    },
  },
  {
    because: "within a tier a shorter time is given, and a job keeps the tier's limit of nodes",
    asked: { nodes: 10, maxRuntimeMinutes: 60 },
    tier: 'prod-batch',
    is: { instanceType: 'm5.8xlarge', nodes: 10, maxNodesPerJob: 4, maxRuntimeMinutes: 60 },
  },
  {
    because: 'within a tier only what fits is left, and a tier that switches threads off has cores',
    asked: { nodes: 2, vcpusPerNode: 97 },
    tier: 'prod-mpi-mem',
    is: { instanceType: 'm7a.48xlarge', cpusPerNode: 192 },
  },
  {
    because: "a wish that says how it is coupled overrules the tier's setting",
    asked: { nodes: 2, tightlyCoupled: false },
    tier: 'prod-mpi-intel',
    is: { efa: false, placementGroup: false, simultaneousMultithreading: true, cpusPerNode: 192 },
  },
]

describe('the smallest shape', () => {
  it.each(rows)('is $is.instanceType, because $because', ({ asked, tier, allowed, is }) => {
    const shape = choose(asked, tier, allowed)
    expect(shape).toMatchObject(is)
    expect(shape.why).toContain(shape.instanceType)
  })

  it('is told with its reason', () => {
    expect(choose({ nodes: 4, vcpusPerNode: 16, memoryGiBPerNode: 28, tightlyCoupled: true }).why).toMatch(
      /^hpc7a\.12xlarge is the smallest of \d+ instance types to choose from with EFA and at least 16 CPUs and 28 GiB for each of 4 nodes: it has 24 vCPUs \(a core each\) and 729\.5 GiB for jobs \(of 768\)\. Its nodes are in a placement group with EFA\.$/,
    )
  })

  it('says where there is no EFA although it is wanted', () => {
    const { why } = choose({ nodes: 2, tightlyCoupled: true }, tailored, ['m5.large'])
    expect(why).toMatch(/ in a placement group, without EFA: no type that fits has it\.$/)
  })
})

type Refusal = {
  because: string
  asked: Resources
  tier?: string
  allowed?: string[]
  says: RegExp
  lacks: string[]
}
const refusals: Refusal[] = [
  {
    because: 'no node has so many vCPUs; of those with the most the smallest is named',
    asked: { nodes: 1, vcpusPerNode: 193 },
    says: /closest is c6a\.48xlarge, which lacks vcpusPerNode: 192 vCPUs/,
    lacks: ['resources.vcpusPerNode'],
  },
  {
    because: 'no node without GPUs has so much memory, and one with them is not offered',
    asked: { nodes: 1, memoryGiBPerNode: 4000 },
    says: /x2iedn\.32xlarge.*3891\.1 GiB/,
    lacks: ['resources.memoryGiBPerNode'],
  },
  {
    because: 'the subnet has 235 addresses for nodes',
    asked: { nodes: 236 },
    says: /room for 235 nodes/,
    lacks: ['resources.nodes'],
  },
  {
    because: 'the site allows no GPUs',
    asked: { nodes: 1, gpusPerNode: 1 },
    allowed: ['m7a.*'],
    says: /no GPU/,
    lacks: ['resources.gpusPerNode'],
  },
  {
    because: 'burstable nodes have no placement groups',
    asked: { nodes: 1, tightlyCoupled: true },
    allowed: ['t3.micro'],
    says: /placement/,
    lacks: ['resources.tightlyCoupled'],
  },
  {
    because: 'a tier has a time limit',
    asked: { nodes: 1, maxRuntimeMinutes: 721 },
    tier: 'prod-mpi',
    says: /720 minutes.*without the tier/,
    lacks: ['resources.maxRuntimeMinutes'],
  },
  {
    because: 'a tier has a count, and everything that is lacking is named',
    asked: { nodes: 21, maxRuntimeMinutes: 721 },
    tier: 'prod-mpi',
    says: /20 nodes/,
    lacks: ['resources.nodes', 'resources.maxRuntimeMinutes'],
  },
  {
    because: 'what lacks one thing is closer than what lacks two',
    asked: { nodes: 1, vcpusPerNode: 64, memoryGiBPerNode: 400 },
    allowed: ['c7a.48xlarge', 'c7a.medium'],
    says: /closest is c7a\.48xlarge/,
    lacks: ['resources.memoryGiBPerNode'],
  },
]

describe('where nothing fits', () => {
  it.each(refusals)('the closest is named, because $because', ({ asked, tier, allowed, says, lacks }) => {
    try {
      choose(asked, tier, allowed)
      expect.unreachable()
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      expect(error.code).toBe('NothingFits')
      expect(error.message).toMatch(says)
      expect(error.details?.map(({ path }) => path)).toEqual(lacks)
    }
  })

  it('because nothing is known of what the site allows, that is said', () => {
    expect(() => choose({ nodes: 1 }, tailored, ['t9.mega'])).toThrow(/this site none/)
  })
})
