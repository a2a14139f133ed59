// How answers are written: one JSON document for programs, plain columns for people.
import Table from 'cli-table3'

export type Cell = string | number | null | undefined

export const json = (answer: unknown): string => `${JSON.stringify(answer, null, 2)}\n`

// No lines and no padding at the ends: columns that a person reads and awk splits. Nothing is cut or wrapped.
const noLines = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid']
    .flatMap((side) => ['', '-mid', '-left', '-right'].map((corner) => side + corner))
    .map((part) => [part, '']),
)

export function table(head: string[], rows: Cell[][]): string {
  const grid = new Table({
    chars: { ...noLines, middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, compact: true, head: [], border: [] },
  })
  grid.push(...[...(head.length > 0 ? [head] : []), ...rows].map((row) => row.map(cell)))
  const lines = grid.toString().split('\n')
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}

/** Names and their values, one to a line; those that are not known are left out. */
export const facts = (pairs: Record<string, Cell>): string =>
  table(
    [],
    Object.entries(pairs)
      .filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(([name, value]) => [name, value]),
  )

const cell = (value: Cell): string => (value === null || value === undefined ? '-' : printable(String(value)))

/** On one line, and without what a terminal would take for a command: texts come from far away. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')

/** 8 s, 4 min, 3 h, 12 d: one unit is enough for an age. */
export function age(from: string, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(from)) / 1000))
  if (seconds < 100) return `${seconds} s`
  if (seconds < 100 * 60) return `${Math.round(seconds / 60)} min`
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`
  return `${Math.round(seconds / 86_400)} d`
}

/** in 4 min: how long it is until then. */
export const ahead = (at: string, now: Date): string => `in ${age(now.toISOString(), new Date(at))}`

/** 1:05 or 1:02:03: a clock for who waits. */
export function clock(seconds: number): string {
  const [hours, minutes, rest] = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(Math.floor)
  const two = (value = 0) => String(value).padStart(2, '0')
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}
