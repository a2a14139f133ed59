// A change comes into what runs, and nothing else does.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyChange } from '../../../core/reconcile/apply-change.ts'
import { stackTemplate } from '../../../core/render/stack-template.ts'
import { readTemplates } from '../../../lib/read-templates.ts'
import { aCluster, aSite } from '../samples.ts'

type Row = [because: string, running: unknown, before: unknown, after: unknown, becomes: unknown]
const rows: Row[] = [
  ['nothing is changed', { a: 0 }, { a: 1 }, { a: 1 }, { a: 0 }],
  ['one key is changed', { a: 0, b: 0 }, { a: 1, b: 1 }, { a: 1, b: 2 }, { a: 0, b: 2 }],
  ['a key comes', { a: 0 }, { a: 1 }, { a: 1, b: 2 }, { a: 0, b: 2 }],
  ['a key goes', { a: 0, b: 0 }, { a: 1, b: 1 }, { a: 1 }, { a: 0 }],
  [
    'a key is new in the templates, and not of the change',
    { a: 0 },
    { a: 0, b: 1 },
    { a: 2, b: 1 },
    { a: 2 },
  ],
  ['a list without names is one value', [1, 2], [1, 3], [1, 4], [1, 4]],
  [
    'elements are told apart by name, whatever their order',
    [
      { Name: 'y', n: 0, s: 'old' },
      { Name: 'x', n: 0, s: 'old' },
    ],
    [
      { Name: 'x', n: 1, s: 'new' },
      { Name: 'y', n: 1, s: 'new' },
    ],
    [
      { Name: 'x', n: 2, s: 'new' },
      { Name: 'y', n: 1, s: 'new' },
    ],
    [
      { Name: 'x', n: 2, s: 'old' },
      { Name: 'y', n: 0, s: 'old' },
    ],
  ],
  [
    'an element comes',
    [{ Name: 'x', n: 0 }],
    [{ Name: 'x', n: 1 }],
    [{ Name: 'x', n: 1 }, { Name: 'y' }],
    [{ Name: 'x', n: 0 }, { Name: 'y' }],
  ],
  [
    'an element goes',
    [{ Name: 'x' }, { Name: 'y' }],
    [{ Name: 'x' }, { Name: 'y' }],
    [{ Name: 'y' }],
    [{ Name: 'y' }],
  ],
  [
    'a section becomes another kind of thing',
    { a: { Ref: 'x' } },
    { a: { Ref: 'x' } },
    { a: 'y' },
    { a: 'y' },
  ],
]

describe('a change', () => {
  it.each(rows)('where %s', (_, running, before, after, becomes) => {
    expect(applyChange(running, before, after)).toEqual(becomes)
  })

  it('into what was rendered by the same templates is what they render', () => {
    const named = fc.array(fc.record({ Name: fc.constantFrom('x', 'y', 'z'), n: fc.nat(3) }), {
      maxLength: 3,
    })
    const trees = fc.record(
      {
        a: fc.nat(3),
        section: fc.dictionary(fc.constantFrom('b', 'c'), fc.nat(3)),
        list: fc.array(fc.nat(3)),
        named,
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(trees, trees, (before, after) => {
        expect(applyChange(before, before, after)).toEqual(after)
      }),
    )
  })

  it('of counts leaves the scripts of a stack that an earlier version made', () => {
    const [templates, cluster] = [readTemplates(), aCluster()]
    const { scripts } = aSite()
    const keys = { ...scripts.keys, 'users.sh': 'of-an-earlier-version/users.sh' }
    const running = stackTemplate(templates, cluster, aSite({ scripts: { ...scripts, keys } }))
    const render = (spec: typeof cluster.spec) => stackTemplate(templates, { ...cluster, spec }, aSite())
    const more = { ...cluster.spec, changes: { maxCounts: { 't3-micro': 31 } } }
    const made = JSON.stringify(applyChange(running, render(cluster.spec), render(more)))
    expect(JSON.stringify(running)).toContain('"MaxCount":8')
    expect(made).toBe(JSON.stringify(running).replace('"MaxCount":8', '"MaxCount":31'))
  })
})
