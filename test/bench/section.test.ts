// Figures become Markdown, and stand in the documentation between two marks.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { measureCost } from '../../bench/cost.ts'
import { markdown, writeFigures } from '../../bench/section.ts'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'figures-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('a section is a table, with three digits of what is small', () => {
  const rows = [
    ['one', 1.23456],
    ['many', 1234.5],
  ]
  expect(markdown({ title: 'Some', note: 'Of today.', head: ['what', 'ms'], rows })).toBe(
    '### Some\nOf today.\n\n| what | ms |\n|---|---|\n| one | 1.23 |\n| many | 1,235 |',
  )
})

it('figures replace those of before in docs/performance.md, and nothing else', () => {
  const file = join(folder, 'performance.md')
  const page = readFileSync(join(root, 'docs/performance.md'), 'utf8')
  writeFileSync(file, page)
  writeFigures(file, 'those of before')
  writeFigures(file, 'those of now')
  const [before, after] = readFileSync(file, 'utf8').split('\nthose of now\n')
  expect(page.startsWith(before as string)).toBe(true)
  expect(page.endsWith(after as string)).toBe(true)
  expect(`${before}${after}`).not.toContain('those of before')
})

it('a page without the marks is left as it is', () => {
  const file = join(folder, 'other.md')
  writeFileSync(file, 'text')
  expect(() => writeFigures(file, 'figures')).toThrow('has no place for figures')
  expect(readFileSync(file, 'utf8')).toBe('text')
})

it("a cluster's month costs its two secrets and a few cents of counted calls", async () => {
  const { rows } = await measureCost()
  const dollars = rows.slice(0, -1).map(([, , text]) => Number(text))
  expect(Number(String(rows.at(-1)?.[2]).replaceAll('*', ''))).toBeCloseTo(
    dollars.reduce((sum, one) => sum + one, 0),
    2,
  )
  const [secrets = 0, ...others] = dollars
  expect(secrets).toBe(0.8)
  expect(others.reduce((sum, one) => sum + one, 0)).toBeLessThan(0.05)
})
