// The folder's owner is not trusted: whatever is put in the way, nothing outside the folder is read, written or deleted.
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listFiles, readLocal, removeLocal, writeLocal } from '../../../local/mirror/folder.ts'

let [base, root, outside] = ['', '', '']
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'mirror-'))
  root = join(base, 'root')
  outside = join(base, 'outside')
  for (const folder of [root, outside]) mkdirSync(folder)
  writeFileSync(join(outside, 'secret'), 'secret')
})
afterEach(() => rmSync(base, { recursive: true }))
const write = (path: string, text = 'x') => writeLocal(root, path, Buffer.from(text), 1_700_000_000_000)

describe('a folder', () => {
  it('has what is written to it, with its time, in folders that are made', async () => {
    const facts = await write('a/b/c', 'hello')
    expect(readFileSync(join(root, 'a/b/c'), 'utf8')).toBe('hello')
    expect(statSync(join(root, 'a/b/c')).mtimeMs).toBe(1_700_000_000_000)
    expect(await listFiles(root)).toEqual(new Map([['a/b/c', facts]]))
    expect((await readLocal(root, 'a/b/c'))?.content.toString()).toBe('hello')
    await removeLocal(root, 'a/b/c')
    await removeLocal(root, 'a/b/c')
    await removeLocal(root, 'none/of/it')
    expect(await listFiles(root)).toEqual(new Map())
  })

  it.skipIf(process.getuid?.() !== 0)('gives what is written to its owner', async () => {
    execFileSync('chown', ['5000:5001', root])
    await write('a/b')
    for (const path of ['a', 'a/b'])
      expect(statSync(join(root, path))).toMatchObject({ uid: 5000, gid: 5001 })
  })

  it('shows no link, no pipe, nothing behind one, and none of our own half-written files', async () => {
    symlinkSync(join(outside, 'secret'), join(root, 'link'))
    symlinkSync(outside, join(root, 'folder'))
    execFileSync('mkfifo', [join(root, 'pipe')])
    writeFileSync(join(root, '.hpc-mirror-1'), 'half')
    expect(await listFiles(root)).toEqual(new Map())
    for (const path of ['link', 'folder/secret', 'pipe']) expect(await readLocal(root, path)).toBeUndefined()
  })

  it('writes and deletes nothing behind a link', async () => {
    symlinkSync(outside, join(root, 'folder'))
    await expect(write('folder/secret')).rejects.toThrow()
    await expect(write('folder/new/file')).rejects.toThrow()
    await removeLocal(root, 'folder/secret')
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret')
    expect(existsSync(join(outside, 'new'))).toBe(false)
  })

  it('puts a file in the place of a link, and leaves alone what it led to', async () => {
    symlinkSync(join(outside, 'secret'), join(root, 'a'))
    await write('a', 'mine')
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret')
    expect(readFileSync(join(root, 'a'), 'utf8')).toBe('mine')
  })

  it('that is a link itself is none', async () => {
    symlinkSync(outside, join(base, 'linked'))
    await expect(listFiles(join(base, 'linked'))).rejects.toThrow()
  })

  it('that is gone is an error and not an empty folder, which would empty the bucket', async () => {
    await expect(listFiles(join(base, 'none'))).rejects.toThrow()
  })
})
