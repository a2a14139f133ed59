// The address range as numbered subnets.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { slotCandidates, slotCidr, slotCount, slotNodes } from '../../core/slots.ts'
import { aSite } from './samples.ts'

const range = { clusterRange: '10.64.0.0/16', slotPrefix: 24 }
const first = (cidr: string) =>
  (cidr.split('/')[0] ?? '').split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)

describe('slots', () => {
  it.each([
    ['10.64.0.0/16', 24, 256],
    ['10.64.0.0/16', 28, 4096],
    ['10.64.0.0/24', 24, 1],
    ['172.16.0.0/12', 22, 1024],
  ])('%s holds subnets of /%i: %i', (clusterRange, slotPrefix, count) => {
    expect(slotCount({ clusterRange, slotPrefix })).toBe(count)
  })

  it.each([
    [range, 0, '10.64.0.0/24'],
    [range, 255, '10.64.255.0/24'],
    [{ clusterRange: '10.255.240.0/20', slotPrefix: 26 }, 63, '10.255.255.192/26'],
    [{ clusterRange: '192.168.0.0/16', slotPrefix: 20 }, 15, '192.168.240.0/20'],
  ])('%j: number %i is %s', (of, slot, cidr) => {
    expect(slotCidr(of, slot)).toBe(cidr)
  })

  it('never overlap and stay within the range', () => {
    for (const [clusterRange, slotPrefix] of [
      ['10.64.0.0/18', 26],
      ['172.16.0.0/12', 20],
    ] as const) {
      const of = { clusterRange, slotPrefix }
      const starts = Array.from({ length: slotCount(of) }, (_, slot) => first(slotCidr(of, slot)))
      const size = 2 ** (32 - slotPrefix)
      expect(starts.every((start, i) => start === first(clusterRange) + i * size)).toBe(true)
    }
  })

  it('are each tried once by every deployment, in an order of its own', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 26 }),
        fc.integer({ min: 16, max: 24 }),
        (id, slotPrefix) => {
          const of = { clusterRange: '10.64.0.0/16', slotPrefix }
          const tried = slotCandidates(of, id)
          expect(tried).toHaveLength(slotCount(of))
          expect(new Set(tried).size).toBe(tried.length)
          expect(tried.every((slot) => slot >= 0 && slot < slotCount(of))).toBe(true)
        },
      ),
    )
  })

  it('are tried first in many places by deployments of the same moment', () => {
    const ids = Array.from({ length: 64 }, (_, i) => `01k0abcdefghjkmnpqrstvwx${String(i).padStart(2, '0')}`)
    const tried = new Set(ids.map((id) => slotCandidates(range, id)[0]))
    expect(tried.size).toBeGreaterThan(32)
  })

  it.each([
    [24, 235],
    [26, 43],
    [28, 0],
  ])('of /%i hold %i compute nodes at most', (slotPrefix, nodes) => {
    expect(Math.max(0, slotNodes({ slotPrefix }))).toBe(nodes)
  })

  it('of a site must be of its range: no smaller range than a subnet, and none that begins inside one', () => {
    expect(() => aSite({ network: { clusterRange: '10.64.0.0/26', slotPrefix: 24 } })).toThrow()
    expect(() => aSite({ network: { clusterRange: '10.64.0.128/16', slotPrefix: 24 } })).toThrow()
  })
})
