// How the files of cluster-configs/ add up: maps merge key by key, lists are joined, else the later value stands.

type Map = { [key: string]: unknown }

export const isMap = (value: unknown): value is Map =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function merge(earlier: Map, later: Map): Map {
  const joined = Object.entries(later).map(([key, value]) => [
    key,
    Object.hasOwn(earlier, key) ? join(earlier[key], value) : value,
  ])
  return { ...earlier, ...Object.fromEntries(joined) }
}

function join(earlier: unknown, later: unknown): unknown {
  if (isMap(earlier) && isMap(later)) return merge(earlier, later)
  if (Array.isArray(earlier) && Array.isArray(later)) return [...earlier, ...later]
  return later
}
