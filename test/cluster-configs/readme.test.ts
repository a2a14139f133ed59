// The README of cluster-configs tells what is: its table of values is whole, and its example is a tier.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { TierTemplate } from '../../core/render/templates.ts'
import { isValueName, valueNames } from '../../core/render/values.ts'

const readme = readFileSync(join(import.meta.dirname, '../../cluster-configs/README.md'), 'utf8')

it('lists every value and no other', () => {
  const table = readme.split(/\| value +\| what +\|/)[1]?.split('\n\n')[0] ?? ''
  const cells = table.split('\n').map((line) => line.split('|')[1] ?? '')
  const names = cells.flatMap((cell) => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name as string))
  expect(names.filter((name) => !/^(scripts|user)\./.test(name)).sort()).toEqual([...valueNames].sort())
  for (const name of names) expect(isValueName(name.replace('NAME', 'users'))).toBe(true)
})

it('shows a tier that is well-formed', () => {
  const example = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1]
  expect(TierTemplate.parse(parse(example ?? '')).name).toBe('gpu')
})
