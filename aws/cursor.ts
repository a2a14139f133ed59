// A DynamoDB key as the opaque text that a caller hands back for the next page.

import { AppError } from '../core/errors.ts'
import * as z from '../core/zod.ts'

// Every key of ours is text, and an empty one is none to DynamoDB.
const Key = z.record(z.string(), z.string().check(z.minLength(1)))
type Key = z.infer<typeof Key>

export const toCursor = (key: Record<string, unknown> | undefined): string | undefined =>
  key && Buffer.from(JSON.stringify(key)).toString('base64url')

/** Throws `InvalidRequest` for what toCursor did not make; `names` are the keys that it must have. */
export function fromCursor(cursor: string | undefined, names: string[]): Key | undefined {
  if (cursor === undefined) return undefined
  try {
    const key = Key.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
    if (Object.keys(key).sort().join() === [...names].sort().join()) return key
  } catch {
    // falls through to the one refusal
  }
  throw notOurCursor()
}

export const notOurCursor = (): AppError =>
  new AppError('InvalidRequest', 'The cursor is not one that this list gave. Start again without it.', {
    details: [{ path: 'cursor', message: 'must be the cursor of the page before' }],
  })
