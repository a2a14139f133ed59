// Random numbers that a seed repeats.
import type { Pick } from './faults.ts'

/** A linear congruential generator with the constants of Numerical Recipes; its high bits are the random ones. */
export function pickFrom(seed: number): Pick {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
