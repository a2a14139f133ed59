// A change brought into what runs: all that the change does not touch stays as it runs, whatever today's templates
// would make of it. An upgrade of the service may give nodes other scripts; a running head node takes no others.
import { isMap } from '../render/merge.ts'

/** What runs, with the difference between the other two in it. Elements of a list are told apart by their names. */
export function applyChange(running: unknown, before: unknown, after: unknown): unknown {
  if (isSame(before, after)) return running
  if (isMap(running) && isMap(before) && isMap(after)) {
    const keys = [...new Set([...Object.keys(running), ...Object.keys(after)])]
    const entries = keys.map((key) => [key, applyChange(running[key], before[key], after[key])] as const)
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
  }
  if (areNamed(running) && areNamed(before) && areNamed(after))
    return after.map((element) => {
      const [runs, was] = [running, before].map((list) => list.find(({ Name }) => Name === element.Name))
      return runs && was ? applyChange(runs, was, element) : element
    })
  return after
}

const areNamed = (value: unknown): value is { Name: string }[] =>
  Array.isArray(value) && value.every((element) => isMap(element) && typeof element.Name === 'string')

// Both are rendered from the same templates, so their keys are in the same order.
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
