// Slurm's way of writing a time limit, in minutes: https://slurm.schedmd.com/sbatch.html#OPT_time

const form = /^(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?$/

/** The minutes, a begun one counted whole; `undefined` for no limit or what is no time. */
export function slurmMinutes(time: string | number): number | undefined {
  const [, days, ...parts] = form.exec(String(time)) ?? []
  const [first, second, third] = parts.map((part) => (part === undefined ? undefined : Number(part)))
  if (first === undefined) return undefined
  if (days !== undefined) return ceil(Number(days) * 1440 + first * 60, second, third)
  if (third !== undefined) return ceil(first * 60, second, third)
  return ceil(0, first, second)
}

const ceil = (minutes: number, more = 0, seconds = 0): number => minutes + more + Math.ceil(seconds / 60)
