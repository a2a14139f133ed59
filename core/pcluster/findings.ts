// The verdict's parts, and their order.
export const levels = ['ERROR', 'WARNING', 'INFO'] as const
export type Level = (typeof levels)[number]

export type Finding = {
  level: Level
  /** Its name in ParallelCluster, as SuppressValidators takes it. */
  validator: string
  /** `Scheduling.SlurmQueues.0.Name`; `_schema` at the end: the section as a whole. `$yaml` and `$exception` in the
   *  place of a path: the text cannot be read; ParallelCluster would end on it without telling why. `$name`: the
   *  cluster's name, which is not in the configuration. */
  path: string
  message: string
  line?: number | undefined
  column?: number | undefined
}

export type Path = readonly (string | number)[]

export const pathText = (path: Path): string => path.join('.')

const rank = (level: Level) => levels.indexOf(level)

/** By level, then by path (2 before 10), validator and message: the same for the same configuration. */
export const inOrder = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort(
    (a, b) =>
      rank(a.level) - rank(b.level) ||
      comparePaths(a.path, b.path) ||
      compare(a.validator, b.validator) ||
      compare(a.message, b.message),
  )

const compare = (a: string, b: string) => Number(a > b) - Number(a < b)

function comparePaths(a: string, b: string): number {
  const [left, right] = [a.split('.'), b.split('.')]
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const [one = '', other = ''] = [left[index], right[index]]
    const bothNumbers = /^\d+$/.test(one) && /^\d+$/.test(other)
    const order = bothNumbers ? Number(one) - Number(other) : compare(one, other)
    if (order !== 0) return order
  }
  return left.length - right.length
}
