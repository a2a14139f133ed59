// YAML 1.1 as PyYAML reads it. Every row was asked of ParallelCluster 3.16.1's own loader, but for our own limits.
import { describe, expect, it } from 'vitest'
import { readYaml } from '../../../core/pcluster/read-yaml.ts'

const value = (text: string) => {
  const { tree, problem } = readYaml(`a: ${text}`)
  expect(problem).toBeUndefined()
  return (tree as { a: unknown }).a
}

describe('a plain scalar', () => {
  it.each([
    ['yes', true],
    ['NO', false],
    ['On', true],
    ['nO', 'nO'],
    ['y', 'y'],
    ['~', null],
    ['', null],
    ['Null', null],
    ['012', 10],
    ['08', '08'],
    ['0o7', '0o7'],
    ['0x1F', 31],
    ['0x', '0x'],
    ['0b11', 3],
    ['-0b1', -1],
    ['1_000', 1000],
    ['_1', '_1'],
    ['+1', 1],
    ['1:30', 90],
    ['-1:30', -90],
    ['7:00:00', 25_200],
    ['1:99', '1:99'],
    ['190:20:30.15', 685_230.15],
    ['.5', 0.5],
    ['1.', 1],
    ['1e3', '1e3'],
    ['1.0e3', '1.0e3'],
    ['1.0e+3', 1000],
    ['.inf', Number.POSITIVE_INFINITY],
    ['-.INF', Number.NEGATIVE_INFINITY],
    ['.NaN', Number.NaN],
    ["'yes'", 'yes'],
    ['"1"', '1'],
    ['!!str 12', '12'],
    ["!!int '3'", 3],
    ['!!int 0o17', 15],
    ['!!int 1:99', 159],
    ['!!int " 7 "', 7],
    ['!!int "+ 7"', 7],
    ['!!int 0x-f', -15],
    ['!!float 1e3', 1000],
    ['!!float nan', Number.NaN],
    ['!!float "-Infinity"', Number.NEGATIVE_INFINITY],
    ['0_', 0],
    ['x#c', 'x#c'],
    ['|\n  yes', 'yes'],
    ['|\n  yes\n', 'yes\n'],
    ['|+\n  yes', 'yes'],
    ['>\n  a\n  b', 'a b'],
    ['! "5"', 5],
    ['!!binary aGk=', 'hi'],
    ['!!binary aGk=aGk=', 'hi'],
    ['"a\tb"', 'a\tb'],
    ['|\n  a\tb', 'a\tb'],
    ['1 # a\tb', 1],
    ['"x"#c', 'x'],
    ['"b\n\t  c"', 'b c'],
    ["'b\n\t\nc'", 'b\nc'],
  ])('%j is %j', (text, wanted) => {
    expect(value(text)).toEqual(wanted)
  })

  it.each([
    '2024-01-01',
    '2001-12-14 21:59:43',
    '2001-12-14t21:59:43.10-05:00',
    '2024-01-01 23:59:59 +23:59',
    '!!timestamp 2024-1-1',
  ])('%s is a date, no text', (text) => {
    expect(typeof value(text)).toBe('symbol')
  })
})

describe('a collection', () => {
  it.each([
    ['!!set {b, c: 1, b}', ['b', 'c']],
    [
      '!!omap [b: 1, c: 2]',
      [
        ['b', 1],
        ['c', 2],
      ],
    ],
    [
      '!!pairs [b: 1, b: 2]',
      [
        ['b', 1],
        ['b', 2],
      ],
    ],
    ['"b\nc"', 'b c'],
    ["'b\n\nc'", 'b\nc'],
    ['[b,\n# c\nd]', ['b', 'd']],
    ['\n  b: {c: 1,\n d: 2\n}', { b: { c: 1, d: 2 } }],
  ])('%j is %j', (text, wanted) => {
    expect(value(text)).toEqual(wanted)
  })
})

describe('a document is refused', () => {
  it.each([
    ['a: 1\na: 2', 2, 'a key twice'],
    ["a: 1\n'a': 2", 2, 'a key twice, once in quotes'],
    ['1: 1\nyes: 2', 2, 'keys that Python takes for the same'],
    ['a: &x {b: 1}\nc:\n  <<: *x', 3, 'merge keys'],
    ['a: =', 1, 'a plain equals sign'],
    ['a: !Ref x', 1, 'an intrinsic function'],
    ['a: !foo {}', 1, 'an unknown tag on a mapping'],
    ['a: !!bool x', 1, 'a tag that the value does not suit'],
    ['a: 2024-13-45', 1, 'a day that is not'],
    ['a: 2024-01-01T25:00:00Z', 1, 'an hour that is not'],
    ['a: 2024-01-01 00:60:00', 1, 'a minute that is not'],
    ['a: 2024-01-01 00:00:60', 1, 'a second that is not'],
    ['a: 2024-01-01 00:00:00 +25', 1, 'an offset of more than a day'],
    ['a: 0x_', 1, 'a number without digits'],
    ['a: !!int 08', 1, 'a digit that its base has not'],
    ['a: !!float 0x1', 1, 'no float'],
    ['a: !!binary YQ', 1, 'bytes without padding'],
    ['a:\n  - : 1', 2, 'no key before a colon'],
    ['a: {b: 1, : 2}', 1, 'no key before a colon, in brackets'],
    ['? [1]\n: 2', 1, 'a list as a key'],
    ['a: 1\n---\nb: 2', 2, 'two documents'],
    ['a:\n\t- 1', 2, 'a tab as indentation'],
    ['a: 1\n b: 2', 2, 'bad indentation'],
    ['a: [1,2', 1, 'an open list'],
    ['a: *x', 1, 'an alias of nothing'],
    ['a: &x.y 1', 1, 'a dot in an anchor'],
    ['a:\t1', 1, 'a tab before a value'],
    ['a: 1\t', 1, 'a tab behind a value'],
    ['a: 1\n\t\nb: 2', 2, 'a line with nothing but a tab'],
    ['a: !!binary x', 1, 'bytes that are none'],
    ['a: !!set [b]', 1, 'a set that is a list'],
    ['a: !!omap [b]', 1, 'a pair that is none'],
    ['a: !!pairs {b: 1}', 1, 'pairs that are a mapping'],
    ['a: "b\n---\nc"', 1, 'a document that ends within quotes'],
    ['a: "b\nc: 1', 1, 'quotes that never close'],
    ['a: [b,\nc: [1', 1, 'brackets that never close'],
  ])('%j, at line %i: %s', (text, line) => {
    const { problem } = readYaml(text)
    expect(problem).toBeDefined()
    expect(Math.abs((problem?.position?.line ?? line) - line)).toBeLessThanOrEqual(1)
  })

  it.each(['\r', '\x85', '\u2028'])('%j ends a line', (end) => {
    expect(readYaml(`a: 1${end}b: 2`).tree).toEqual({ a: 1, b: 2 })
  })

  it.each([
    ['an alias of itself', 'a: &a [*a]'],
    ['a hundred thousand levels', `a: ${'['.repeat(100_000)}`],
    ['far too much text', `# ${'x'.repeat(4_000_000)}`],
  ])('for a limit: %s', (_, text) => {
    expect(readYaml(text).problem).toBeDefined()
  })

  it('control characters', () => {
    expect(readYaml('a: \u0000').problem).toBeDefined()
    expect(readYaml("a: 'é'\u0007").problem).toBeDefined()
  })

  it('aliases that grow without bound', () => {
    const lines = [0, 1, 2, 3, 4, 5, 6].map((n) => `l${n}: &l${n} [${n ? `*l${n - 1}, `.repeat(10) : '1'}]`)
    expect(readYaml(lines.join('\n')).problem).toBeDefined()
  })
})

describe('positions', () => {
  it('are those of the text where its lines were moved', () => {
    const { positionOf } = readYaml('A:\n  B: {C: 1,\n D: 2}\nE: 3\n')
    expect(positionOf(['A', 'B', 'D'])).toEqual({ line: 3, column: 2 })
    expect(positionOf(['E'])).toEqual({ line: 4, column: 1 })
  })

  const { positionOf } = readYaml('A:\n  B: 1\n  C:\n    - D: 2\n      E: 3\n    - x\n')
  it.each([
    [['A'], 1, 1],
    [['A', 'B'], 2, 3],
    [['A', 'C', 0], 4, 7],
    [['A', 'C', 0, 'E'], 5, 7],
    [['A', 'C', 1], 6, 7],
    [['A', 'C', 0, 'missing'], 4, 7],
  ] as const)('%j', (path, line, column) => {
    expect(positionOf(path)).toEqual({ line, column })
  })
})
