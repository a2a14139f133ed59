// OnNodeStart, OnNodeConfigured, OnNodeUpdated: one script, or a sequence of them.
import * as z from '../zod.ts'
import { isMapping } from './fields.ts'
import { list } from './values.ts'
import { words } from './words.ts'
import { type Issues, type Type, transformed } from './zod-types.ts'

/** ParallelCluster looks for the words in whatever it is given; what cannot be searched ends it with a TypeError. */
function has(value: unknown, word: string): boolean {
  if (typeof value === 'string' || Array.isArray(value)) return value.includes(word)
  return isMapping(value) && Object.hasOwn(value, word)
}

export const actionType = (script: Type): Type =>
  transformed((value, issues) => {
    const tell = (message: string, mark = {}) =>
      issues.push({ code: 'custom', input: value, message, ...mark })
    const take = (item: unknown): unknown => {
      const read = z.safeParse(script, item, { jitless: true })
      if (read.success) return read.data
      for (const issue of read.error.issues) {
        // Null is no section here, whether alone or in a sequence.
        const path = issue.path.length === 0 && issue.code === 'invalid_type' ? ['_schema'] : issue.path
        issues.push({ ...issue, input: item, path } as Issues[number])
      }
      return item
    }
    if (value === null || value === undefined) return tell(words.mapping({ input: value }))
    if (typeof value !== 'object' && typeof value !== 'string')
      return tell(words.mapping({ input: value }), { crash: true })
    if (has(value, 'Script') && has(value, 'Sequence'))
      return tell('takes either Script or Sequence: remove one of them.')
    if (has(value, 'Script')) return take(value)
    if (!has(value, 'Sequence')) return tell('needs either a Script or a Sequence of scripts.')
    if (!isMapping(value)) return tell(words.mapping({ input: value }), { crash: true })
    if (!Array.isArray(value.Sequence))
      return tell('must have a list as its Sequence: begin each item with a dash.')
    return { Sequence: list(value.Sequence).map(take) }
  })
