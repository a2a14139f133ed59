// What a mirror does about each path, and which keys can be paths.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPath, pathOfKey } from '../../../local/mirror/paths.ts'
import {
  type Action,
  type Agreed,
  type LocalFile,
  planMirror,
  type RemoteObject,
} from '../../../local/mirror/plan.ts'

const file = (modified: number): LocalFile => ({ size: 1, modified, inode: 1 })
const object = (modified: number): RemoteObject => ({ etag: `"${modified}"`, modified })
const agreed: Agreed = { local: file(1), remote: object(1) }

type Row = [
  before: Agreed | undefined,
  local: LocalFile | undefined,
  remote: RemoteObject | undefined,
  does: Action['do'] | undefined,
  because: string,
]
const rows: Row[] = [
  [agreed, agreed.local, agreed.remote, undefined, 'nothing changed'],
  [undefined, undefined, object(1), 'download', 'it is new in the bucket'],
  [undefined, file(1), undefined, 'upload', 'it is new in the folder'],
  [agreed, file(2), agreed.remote, 'upload', 'it changed in the folder'],
  [agreed, agreed.local, object(2), 'download', 'it changed in the bucket'],
  [agreed, undefined, agreed.remote, 'removeRemote', 'it was deleted from the folder'],
  [agreed, agreed.local, undefined, 'removeLocal', 'it was deleted from the bucket'],
  [agreed, undefined, undefined, 'forget', 'it was deleted from both'],
  [agreed, file(3), object(2), 'upload', 'both changed, the folder last'],
  [agreed, file(2), object(3), 'download', 'both changed, the bucket last'],
  [undefined, file(2), object(3), 'download', 'both are new, the bucket last'],
  [agreed, undefined, object(3), 'download', 'what changed wins over what was deleted'],
  [agreed, file(3), undefined, 'upload', 'what changed wins over what was deleted'],
]
const map = <T>(value: T | undefined): Map<string, T> => new Map(value ? [['a', value]] : [])

describe('a path', () => {
  it.each(rows)('%j %j %j: %s, because %s', (before, local, remote, does) => {
    expect(planMirror(map(before), map(local), map(remote), 'both')).toEqual(
      does ? [{ path: 'a', do: does }] : [],
    )
  })

  it('of what only comes in is as the bucket says, and nothing goes out', () => {
    for (const [before, local, remote] of rows)
      for (const { do: does } of planMirror(map(before), map(local), map(remote), 'in')) {
        expect(['download', 'removeLocal', 'forget']).toContain(does)
        if (remote) expect(does).toBe('download')
      }
  })

  it('has an action exactly where the sides differ, whatever happened: after it they agree', () => {
    const state = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined })
    fc.assert(
      fc.property(state, state, state, (base, here, there) => {
        const local = here === undefined ? undefined : file(here)
        const remote = there === undefined ? undefined : object(there)
        const before = base === undefined ? undefined : { local: file(base), remote: object(base) }
        const [action] = planMirror(map(before), map(local), map(remote), 'both')
        const end = {
          none: [here, there],
          upload: [here, here],
          download: [there, there],
          removeLocal: [undefined, there],
          removeRemote: [here, undefined],
          forget: [undefined, undefined],
        }[action?.do ?? 'none']
        expect(end[0]).toBe(end[1])
        // Nothing that was never on both sides is deleted.
        if (base === undefined) expect(end[0] === undefined).toBe(here === undefined && there === undefined)
      }),
    )
  })
})

describe('a key', () => {
  it.each([
    ['lab/p/a', 'a'],
    ['lab/p/a/b c/ä', 'a/b c/ä'],
    ['lab/p/..a', '..a'],
  ])('%j is the file %s', (key, path) => {
    expect(pathOfKey(key, 'lab/p/')).toBe(path)
  })

  it.each([
    'lab/p/',
    'lab/p/a/',
    'lab/p/../x',
    'lab/p/a/../../x',
    'lab/p//etc/passwd',
    'lab/p/./a',
    'lab/p/a\0b',
    'lab/other/a',
    'lab/p',
    `lab/p/${'a'.repeat(256)}`,
    'lab/p/.hpc-mirror-1',
    'lab/p/a\ufffd',
  ])('%j is none', (key) => {
    expect(pathOfKey(key, 'lab/p/')).toBeUndefined()
  })

  it('never leads above its folder', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (path) => {
        if (isPath(path)) expect(`/${path}/`).not.toMatch(/\/\.{0,2}\/|\0/)
      }),
    )
  })
})
