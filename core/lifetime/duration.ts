// Lengths of time as people write them: 90s, 30m, 8h, 7d, 1d12h. The unit stands with the number, since Slurm's bare
// numbers are minutes and everybody else's are seconds.
import * as z from '../zod.ts'

const units = { d: 86_400, h: 3600, m: 60, s: 1 }
const parts = '(?:\\d{1,4}d)?(?:\\d{1,5}h)?(?:\\d{1,6}m)?(?:\\d{1,9}s)?'
/** The head node looks at its jobs every few seconds: less would end a cluster that nobody has seen idle. */
const leastSeconds = 10
const mostSeconds = 3650 * units.d
const how = 'must be a time as in 90s, 30m, 8h, 7d or 1d12h'

/** The seconds of a duration that was parsed. */
export const secondsOf = (duration: string): number =>
  [...duration.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * units[unit as keyof typeof units],
    0,
  )

/** The one way of writing so many seconds: 5400 is 1h30m, whoever wrote 90m. */
export function durationText(seconds: number): string {
  let left = Math.round(seconds)
  const written = Object.entries(units).map(([unit, size]) => {
    const count = Math.floor(left / size)
    left -= count * size
    return count > 0 ? `${count}${unit}` : ''
  })
  return written.join('') || '0s'
}

const isInRange = (text: string): boolean =>
  text === 'none' || (secondsOf(text) >= leastSeconds && secondsOf(text) <= mostSeconds)
const normal = (text: string): string => (text === 'none' ? text : durationText(secondsOf(text)))
const duration = (form: RegExp, message: string) =>
  z
    .string()
    .check(
      z.regex(form, message),
      z.refine(isInRange, `must be from ${leastSeconds}s to ${mostSeconds / units.d}d`),
      z.overwrite(normal),
    )

export const Duration = duration(new RegExp(`^(?=\\d)${parts}$`), how)
/** `none` stands for no end, also where there would be one by default. */
export const DurationOrNone = duration(new RegExp(`^(?:none|(?=\\d)${parts})$`), `${how}, or none`)
