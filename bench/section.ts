// A table of figures as Markdown, and the place in the documentation where it belongs.
import { readFileSync, writeFileSync } from 'node:fs'

export type Section = { title: string; note?: string; head: string[]; rows: (string | number)[][] }

/** Figures to three digits, which is more than a busy machine can tell. */
const text = (cell: string | number): string =>
  typeof cell === 'string'
    ? cell
    : Math.abs(cell) >= 100
      ? Math.round(cell).toLocaleString('en-US')
      : String(Number(cell.toPrecision(3)))

const line = (cells: (string | number)[]): string => `| ${cells.map(text).join(' | ')} |`

export const markdown = ({ title, note, head, rows }: Section): string =>
  [
    `### ${title}`,
    ...(note ? [note, ''] : []),
    line(head),
    `|${'---|'.repeat(head.length)}`,
    ...rows.map(line),
  ].join('\n')

const [from, to] = ['<!-- figures -->', '<!-- end of figures -->']

/** Replaces what stands between the two marks. Throws where the file has none. */
export function writeFigures(file: string, figures: string): void {
  const page = readFileSync(file, 'utf8')
  const [start, end] = [page.indexOf(from), page.indexOf(to)]
  if (start < 0 || end < start) throw new Error(`${file} has no place for figures: ${from} and ${to}.`)
  writeFileSync(file, `${page.slice(0, start + from.length)}\n${figures}\n${page.slice(end)}`)
}
