// Looking at parts of a configuration.
export type Values = Readonly<Record<string, unknown>>

/** What Python takes for true: an empty text, list or section is as good as none. */
export function isGiven(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value)
}

export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** What is there more than once, each once, in order. */
export function duplicates<T>(items: readonly T[]): T[] {
  const seen = new Set<T>()
  const twice = new Set<T>()
  for (const item of items) (seen.has(item) ? twice : seen).add(item)
  return [...twice]
}
