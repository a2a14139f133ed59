// The tiers are those that existing clients know, by what the API tells of them.
import { describe, expect, it } from 'vitest'
import { isAppError } from '../../../core/errors.ts'
import {
  computeNodes,
  instanceTypes,
  Templates,
  tierFits,
  tierSummaries,
} from '../../../core/render/templates.ts'
import { TierSummary } from '../../../core/shape/tier.ts'
import * as z from '../../../core/zod.ts'
import { readTemplates } from '../../../lib/read-templates.ts'

const templates = readTemplates()

// The table of the service whose clients we keep: instance, most nodes, EFA, simultaneous multithreading.
type Resource = [type: string, maxCount: number, efa: boolean, threads: boolean]
type Row = { resources: Resource[]; placementGroup: boolean; maxNodes: string; maxTime: string }
const mpi = { placementGroup: true, maxNodes: '20', maxTime: '720' }
const table: Record<string, Row> = {
  debug: {
    resources: [['t3.micro', 8, false, true]],
    placementGroup: false,
    maxNodes: '8',
    maxTime: '1-00:00:00',
  },
  'prod-mpi': { resources: [['c7a.48xlarge', 20, true, true]], ...mpi },
  'mixed-prod-mpi': {
    resources: [
      ['c7a.48xlarge', 20, true, true],
      ['c6a.48xlarge', 20, true, false],
    ],
    ...mpi,
  },
  'prod-mpi-intel': { resources: [['c7i.48xlarge', 20, true, false]], ...mpi },
  'prod-mpi-mem': {
    resources: [
      ['m7a.48xlarge', 20, true, true],
      ['m7i.48xlarge', 20, true, false],
    ],
    ...mpi,
  },
  'prod-mpi-hpc': { resources: [['hpc7a.96xlarge', 20, true, true]], ...mpi },
  'prod-batch': {
    resources: [
      ['m5.8xlarge', 16, false, true],
      ['c7a.48xlarge', 10, false, true],
    ],
    placementGroup: false,
    maxNodes: '4',
    maxTime: '120',
  },
}

/** What a site adds of its own is in test/core/lifetime/tiers.test.ts. */
const OfTemplates = z.omit(TierSummary, { lifetime: true, idleTimeout: true })

describe('the tiers', () => {
  it('are those of the table and no others', () => {
    expect(Object.keys(templates.tiers).sort()).toEqual(Object.keys(table).sort())
  })

  it.each(Object.entries(table))('%s has the queue of the table', (name, row) => {
    const summary = tierSummaries(templates).find((tier) => tier.name === name)
    expect(OfTemplates.parse(summary)).toEqual({
      name,
      description: expect.stringMatching(/\w/),
      queues: [
        {
          name,
          computeResources: row.resources.map(([type, maxCount, efa, threads]) => ({
            name: type.replace('.', '-'),
            instanceTypes: [type],
            minCount: 0,
            maxCount,
            efa,
            simultaneousMultithreading: threads,
          })),
          placementGroup: row.placementGroup,
          limits: { maxNodes: row.maxNodes, maxTime: row.maxTime },
        },
      ],
      maxNodes: row.resources.reduce((sum, [, count]) => sum + count, 0),
      accepts: ['lustre', 'benchmark', 'resources'],
    })
  })

  it('name every instance type that a zone must offer, the head node too', () => {
    expect(instanceTypes(templates, 'mixed-prod-mpi')).toEqual(['c6a.48xlarge', 'c7a.48xlarge', 't3.medium'])
  })

  it('fit a subnet only if it holds all their nodes', () => {
    expect(computeNodes(templates, 'prod-mpi-mem')).toBe(40)
    expect(tierFits(templates, 'prod-mpi-mem', { slotPrefix: 26 })).toBe(true) // 64 - 5 - 16 = 43
    expect(tierFits(templates, 'prod-mpi-mem', { slotPrefix: 27 })).toBe(false)
  })

  it('that do not exist are refused by code, whatever they are called', () => {
    for (const name of ['huge', 'constructor', '__proto__', '']) {
      const asked = () => instanceTypes(templates, name)
      expect(asked).toThrow(/The tiers are debug, /)
      try {
        asked()
      } catch (error) {
        expect(isAppError(error, 'UnknownTier')).toBe(true)
      }
    }
  })

  it('survive the way through JSON to the bundled function', () => {
    expect(Templates.parse(JSON.parse(JSON.stringify(templates)))).toEqual(templates)
  })
})
