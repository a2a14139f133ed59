// What is aimed at: how many times as long as its floor a request may take. docs/performance.md has the same table.

import type { Floored } from './routes.ts'
import { median } from './statistics.ts'

export const goals: Record<string, { against: string; atMost: number }> = {
  'GET one': { against: 'floor: one get', atMost: 1.2 },
  'GET list, a page of 20': { against: 'floor: one get', atMost: 1.5 },
  'POST new': { against: 'floor: one put', atMost: 3 },
  // A cold start.
  'API, GET one': { against: 'floor: one put', atMost: 1.3 },
}

/** By request, to the two digits that are shown; only of what has a floor. */
export function ratios(samples: Record<string, Floored>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(samples).flatMap(([name, { floor, milliseconds }]) => {
      if (floor === undefined) return []
      const times = median(milliseconds) / median(samples[floor]?.milliseconds ?? [])
      return [[name, Math.round(times * 100) / 100]]
    }),
  )
}

/** What stands beside a ratio; nothing where there is no goal. */
export function judged(name: string, ratio: number): string {
  const goal = goals[name]
  return goal ? `${goal.atMost}: ${ratio <= goal.atMost ? 'met' : 'missed'}` : ''
}

/** The goals that were missed; one that nobody measured is none that was met. */
export const missed = (measured: Record<string, number>): string[] =>
  Object.entries(goals).flatMap(([name, { against, atMost }]) => {
    const ratio = measured[name]
    if (ratio !== undefined && ratio <= atMost) return []
    const is = ratio === undefined || Number.isNaN(ratio) ? 'was not measured' : `took ${ratio.toFixed(2)}`
    return [`${name} ${is}, against ${against}; at most ${atMost} is the goal`]
  })
