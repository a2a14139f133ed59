// One structured logger for every function. What it is given is written: never give it a key.
// A line of JSON goes to the standard output itself: what the console is given, Lambda puts words of its own before. It is ours
// and no library's because of what that takes of a cold start: docs/decisions/2026-11-26-small-starts.md.

type Fields = Record<string, unknown>
type Level = 'INFO' | 'WARN' | 'ERROR'

let kept: Fields = {}

const writing =
  (level: Level) =>
  (message: string, fields: Fields = {}): void => {
    const own = { level, message, timestamp: new Date().toISOString(), service: 'hpc-provisioner' }
    // Once before the others, which orders them, and once after, which keeps them.
    process.stdout.write(`${JSON.stringify({ ...own, ...kept, ...fields, ...own }, told)}\n`)
  }

/** An error's own fields are not told: those of the SDK hold requests and answers. */
const told = (_key: string, value: unknown): unknown =>
  value instanceof Error
    ? { name: value.name, message: value.message, stack: value.stack, cause: value.cause }
    : value

export const logger = {
  info: writing('INFO'),
  warn: writing('WARN'),
  error: writing('ERROR'),
  /** Fields of every line from now on, in place of those before: a process answers one request after another. */
  keep(fields: Fields): void {
    kept = fields
  },
}
