// A mirror over a real folder and a bucket in memory: both ways within seconds, only what it may, and whole at the end.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Mirror, makeMirror } from '../../../local/mirror/mirror.ts'
import type { Objects } from '../../../local/mirror/objects.ts'
import type { Direction } from '../../../local/mirror/plan.ts'

let folder = ''
let bucket: Map<string, { content: Buffer; etag: string; modified: number }>
let made = 0
let mirror: Mirror | undefined
const put = (key: string, text: string) =>
  bucket.set(key, { content: Buffer.from(text), etag: `"${++made}"`, modified: Date.now() })
const objects: Objects = {
  list: async (_bucket, prefix) =>
    new Map(
      [...bucket]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, { content, etag, modified }]) => [key, { etag, modified, size: content.length }]),
    ),
  get: async (_bucket, key) => {
    const one = bucket.get(key)
    return one && { content: one.content, object: { etag: one.etag, modified: one.modified } }
  },
  put: async (_bucket, key, content) => {
    put(key, Buffer.from(content).toString())
    return { etag: bucket.get(key)?.etag ?? '', modified: Date.now() }
  },
  remove: async (_bucket, key) => void bucket.delete(key),
}
const log: string[] = []
const start = (direction: Direction = 'both', over: Partial<Objects> = {}) => {
  mirror = makeMirror({
    ...{ folder, bucket: 'b', prefix: 'lab/p/', direction },
    ...{ objects: { ...objects, ...over }, log: (line) => log.push(line) },
  })
  mirror.start()
  return mirror
}
const here = (name: string) => join(folder, name)
const text = (name: string) => (existsSync(here(name)) ? readFileSync(here(name), 'utf8') : undefined)
const there = (key: string) => bucket.get(key)?.content.toString()
const until = (isSo: () => boolean) => expect.poll(isSo, { timeout: 20_000, interval: 50 }).toBe(true)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mirror-'))
  bucket = new Map()
  log.length = 0
})
afterEach(async () => {
  await mirror?.flush(5)
  rmSync(folder, { recursive: true, force: true })
})

it('what is put on one side appears on the other, and what is deleted goes', async () => {
  put('lab/p/in', 'from S3')
  put('lab/other/in', 'not ours')
  start()
  await until(() => text('in') === 'from S3')
  writeFileSync(here('out'), 'from a job')
  await until(() => there('lab/p/out') === 'from a job')
  put('lab/p/out', 'changed')
  await until(() => text('out') === 'changed')
  rmSync(here('in'))
  await until(() => !bucket.has('lab/p/in'))
  bucket.delete('lab/p/out')
  await until(() => !existsSync(here('out')))
  expect([...bucket.keys()]).toEqual(['lab/other/in'])
})

it('what only comes in goes out never', async () => {
  put('lab/p/a', 'shared')
  start('in')
  await until(() => text('a') === 'shared')
  writeFileSync(here('a'), 'forged')
  writeFileSync(here('b'), 'new')
  await until(() => text('a') === 'shared' && !existsSync(here('b')))
  await mirror?.flush(5)
  expect([...bucket].map(([key, { content }]) => [key, content.toString()])).toEqual([['lab/p/a', 'shared']])
})

it('at the end all that the bucket lacks is in it, and told', async () => {
  const one = start()
  writeFileSync(here('a'), '1')
  writeFileSync(here('b'), '2')
  expect(await one.flush(20)).toEqual({ uploaded: ['a', 'b'], isWhole: true })
  expect([there('lab/p/a'), there('lab/p/b')]).toEqual(['1', '2'])
})

it('a bucket that does not answer holds up the end to its deadline only, and that is told', async () => {
  const one = start('both', { put: () => new Promise(() => {}) })
  writeFileSync(here('a'), '1')
  expect(await one.flush(0.2)).toEqual({ uploaded: [], isWhole: false })
})

it('a bucket that fails for a while is told of once, and loses nothing', async () => {
  let fails = 3
  const list: Objects['list'] = async (...args) => {
    if (fails-- > 0) throw new Error('not now')
    return objects.list(...args)
  }
  start('both', { list })
  writeFileSync(here('a'), '1')
  await until(() => there('lab/p/a') === '1')
  expect(log).toEqual(['s3://b/lab/p/: not now'])
})
