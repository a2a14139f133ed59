// Keeps a folder and a prefix of a bucket the same: on a laptop what Lustre's associations and Mountpoint are on AWS.
import { setTimeout as sleep } from 'node:timers/promises'
import { largestFileBytes, listFiles, readLocal, removeLocal, writeLocal } from './folder.ts'
import type { Objects } from './objects.ts'
import { pathOfKey } from './paths.ts'
import { type Action, type Agreed, type Direction, isSameFile, type LocalFile, planMirror } from './plan.ts'

const roundMilliseconds = 1000

export type MirrorOptions = {
  folder: string
  bucket: string
  /** Ends in `/`, or is empty for the whole bucket. */
  prefix: string
  direction: Direction
  objects: Objects
  log: (line: string) => void
}

export type Mirror = {
  /** Looks once a second from now on. */
  start(): void
  /** Ends the looking, after a last round up to the deadline, and tells what that one wrote to the bucket. */
  flush(seconds: number): Promise<{ uploaded: string[]; isWhole: boolean }>
}

export function makeMirror(options: MirrorOptions): Mirror {
  const stopping = new AbortController()
  const agreed = new Map<string, Agreed>()
  let seen = new Map<string, LocalFile>()
  let trouble = ''
  let looking: Promise<void> = Promise.resolve()

  /** One look at both sides; `isLast` does not wait for files that are still being written. */
  async function round(signal: AbortSignal | undefined, isLast: boolean): Promise<string[]> {
    const { folder, bucket, prefix, direction, objects } = options
    const remote = await objects.list(bucket, prefix)
    const [local, below] = [await listFiles(folder), new Map<string, { etag: string; modified: number }>()]
    for (const [key, object] of remote) {
      const path = pathOfKey(key, prefix)
      if (path !== undefined && object.size <= largestFileBytes) below.set(path, object)
    }
    const uploaded: string[] = []
    for (const action of planMirror(agreed, local, below, direction)) {
      signal?.throwIfAborted()
      // The folder goes: only what the bucket lacks still matters.
      if (isLast && !['upload', 'removeRemote'].includes(action.do)) continue
      // A file that changed since the last look may be half of what it will be.
      if (action.do === 'upload' && !isLast && !isSameFile(seen.get(action.path), local.get(action.path)))
        continue
      const isDone = await perform(action, below.get(action.path)?.etag).catch((error) => {
        tell(`${action.path}: ${error.message}`)
        return false
      })
      if (isDone && action.do === 'upload') uploaded.push(action.path)
    }
    seen = local
    return uploaded
  }

  async function perform({ path, ...action }: Action, etag: string | undefined): Promise<boolean> {
    const { folder, bucket, prefix, objects } = options
    const key = `${prefix}${path}`
    switch (action.do) {
      case 'upload': {
        const file = await readLocal(folder, path)
        if (!file) return false
        agreed.set(path, { local: file.facts, remote: await objects.put(bucket, key, file.content) })
        return true
      }
      case 'download': {
        const got = await objects.get(bucket, key)
        // Changed again since it was listed: the next look sees what it is now.
        if (got?.object.etag !== etag || !got) return false
        const local = await writeLocal(folder, path, got.content, got.object.modified)
        agreed.set(path, { local, remote: got.object })
        return true
      }
      case 'removeLocal':
        await removeLocal(folder, path)
        return agreed.delete(path)
      case 'removeRemote':
        await objects.remove(bucket, key)
        return agreed.delete(path)
      case 'forget':
        return agreed.delete(path)
    }
  }

  /** The same trouble each second is told once. */
  function tell(line: string): void {
    if (line !== trouble) options.log(`s3://${options.bucket}/${options.prefix}: ${line}`)
    trouble = line
  }

  async function look(): Promise<void> {
    while (!stopping.signal.aborted) {
      await round(stopping.signal, false).catch((error) => {
        if (!stopping.signal.aborted) tell(error.message)
      })
      await sleep(roundMilliseconds, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }

  return {
    start: () => {
      looking = look()
    },
    flush: async (seconds) => {
      stopping.abort()
      const deadline = AbortSignal.timeout(seconds * 1000)
      let uploaded: string[] = []
      const last = async () => {
        await looking
        if (options.direction === 'both') uploaded = await round(deadline, true)
        return true
      }
      const late = new Promise<boolean>((resolve) =>
        deadline.addEventListener('abort', () => resolve(false), { once: true }),
      )
      const isWhole = await Promise.race([
        late,
        last().catch((error) => {
          tell(error.message)
          return false
        }),
      ])
      return { uploaded, isWhole }
    },
  }
}
