// Whether a measured ratio keeps its goal, and that the goals are those that are told.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { goals, judged, missed, ratios } from '../../bench/goals.ts'
import { measured } from '../../bench/routes.ts'

const met = Object.fromEntries(Object.entries(goals).map(([name, { atMost }]) => [name, atMost]))

describe('a goal', () => {
  it.each([
    ['GET one', 1.2, '1.2: met'],
    ['GET one', 1.21, '1.2: missed'],
    ['POST new', 2.76, '3: met'],
    ['GET one', Number.NaN, '1.2: missed'],
    ['GET events', 9, ''],
  ])('of %s at %d is told as %j', (name, ratio, told) => {
    expect(judged(name, ratio)).toBe(told)
  })

  it('is met by what is just as much, and all that are missed are named', () => {
    expect(missed(met)).toEqual([])
    expect(missed({ ...met, 'GET one': 1.21, 'POST new': 4 })).toEqual([
      'GET one took 1.21, against floor: one get; at most 1.2 is the goal',
      'POST new took 4.00, against floor: one put; at most 3 is the goal',
    ])
  })

  it('that was not measured is not met', () => {
    const { 'GET one': _, ...others } = met
    for (const ratios of [others, { ...met, 'GET one': Number.NaN }])
      expect(missed(ratios)).toEqual([
        'GET one was not measured, against floor: one get; at most 1.2 is the goal',
      ])
  })

  it('is of a request that is measured, beside the floor that it names', () => {
    const { 'API, GET one': coldStart, ...requests } = goals
    expect(coldStart?.against).toBe('floor: one put')
    for (const [name, { against }] of Object.entries(requests))
      expect([name, measured[name]?.floor]).toEqual([name, against])
  })

  it('is in docs/performance.md as it is here', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/performance.md'), 'utf8')
    const table = page.split('| goal | at most |\n|---|---|\n')[1]?.split('\n\n')[0] ?? ''
    const told = table.split('\n').map((row) => Number(row.split('|')[2]))
    expect(told).toEqual(Object.values(goals).map(({ atMost }) => atMost))
  })
})

it('a ratio is of medians, to two digits, of what has a floor', () => {
  const samples = {
    'floor: one get': { milliseconds: [10, 3, 3] },
    'GET one': { floor: 'floor: one get', milliseconds: [4, 4, 100] },
    'GET other': { floor: 'floor: none', milliseconds: [4] },
  }
  expect(ratios(samples)).toEqual({ 'GET one': 1.33, 'GET other': Number.NaN })
})
