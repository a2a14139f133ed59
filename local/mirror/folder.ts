// The files of a folder whose owner is not trusted: a user of a cluster may put a link, a pipe or another folder in the
// place of anything, at any moment, while this runs as root. So no path is ever followed: each folder is opened within
// the one above it, by its file descriptor (openat(2), which Node reaches through /proc/self/fd), and never by a link.
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, unlink } from 'node:fs/promises'
import { isPath, unfinished } from './paths.ts'
import type { LocalFile } from './plan.ts'

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants
const asFolder = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
/** More than that is not mirrored: a file is in memory while it is moved. */
export const largestFileBytes = 512 * 2 ** 20

const within = (folder: FileHandle, name: string): string => `/proc/self/fd/${folder.fd}/${name}`

/** Runs `work` with the folder that holds the path's last name. Throws ENOENT, ENOTDIR or ELOOP where there is none. */
async function inFolderOf<T>(
  root: string,
  path: string,
  makes: boolean,
  work: (folder: FileHandle, name: string) => Promise<T>,
): Promise<T> {
  const names = path.split('/')
  const last = names.pop() ?? ''
  let folder = await open(root, asFolder)
  try {
    const { uid, gid } = await folder.stat()
    for (const name of names) {
      const next = await openFolder(folder, name, makes, uid, gid)
      await folder.close()
      folder = next
    }
    return await work(folder, last)
  } finally {
    await folder.close()
  }
}

async function openFolder(
  parent: FileHandle,
  name: string,
  makes: boolean,
  uid: number,
  gid: number,
): Promise<FileHandle> {
  if (makes) {
    const isNew = await mkdir(within(parent, name), { mode: 0o755 }).then(
      () => true,
      (error) => {
        if (error.code === 'EEXIST') return false
        throw error
      },
    )
    const folder = await open(within(parent, name), asFolder)
    if (isNew) await folder.chown(uid, gid)
    return folder
  }
  return open(within(parent, name), asFolder)
}

const factsOf = ({ size, mtimeMs, ino }: { size: number; mtimeMs: number; ino: number }): LocalFile => ({
  size,
  modified: mtimeMs,
  inode: ino,
})

/** Every plain file below the folder, by its path; links and special files are none. */
export async function listFiles(root: string): Promise<Map<string, LocalFile>> {
  const files = new Map<string, LocalFile>()
  const top = await open(root, asFolder)
  await listInto(files, top, '')
  return files
}

async function listInto(files: Map<string, LocalFile>, folder: FileHandle, above: string): Promise<void> {
  try {
    for (const entry of await readdir(within(folder, '.'), { withFileTypes: true })) {
      const path = `${above}${entry.name}`
      if (!isPath(path)) continue
      const flags = entry.isDirectory() ? asFolder : O_RDONLY | O_NOFOLLOW | O_NONBLOCK
      if (!entry.isDirectory() && !entry.isFile()) continue
      // It may have gone, or become something else, since it was listed.
      const handle = await open(within(folder, entry.name), flags).catch(unlessGone)
      if (!handle) continue
      const stat = await handle.stat()
      if (stat.isDirectory()) {
        await listInto(files, handle, `${path}/`)
        continue
      }
      if (stat.isFile()) files.set(path, factsOf(stat))
      await handle.close()
    }
  } finally {
    await folder.close()
  }
}

/** The file's content and its facts from before it was read; undefined where there is no plain file of a size to move. */
export const readLocal = (
  root: string,
  path: string,
): Promise<{ content: Buffer; facts: LocalFile } | undefined> =>
  inFolderOf(root, path, false, async (folder, name) => {
    const file = await open(within(folder, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      const stat = await file.stat()
      if (!stat.isFile() || stat.size > largestFileBytes) return undefined
      return { content: await file.readFile(), facts: factsOf(stat) }
    } finally {
      await file.close()
    }
  }).catch(unlessGone)

/** Puts a whole file in the path's place, owned as the folder is. What else was there, a link too, is replaced. */
export const writeLocal = (
  root: string,
  path: string,
  content: Uint8Array,
  modified: number,
): Promise<LocalFile> =>
  inFolderOf(root, path, true, async (folder, name) => {
    const aside = `${unfinished}${randomBytes(8).toString('hex')}`
    const file = await open(within(folder, aside), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    try {
      await file.writeFile(content)
      const { uid, gid } = await folder.stat()
      await file.chown(uid, gid)
      await file.chmod(0o644)
      await file.utimes(modified / 1000, modified / 1000)
      await rename(within(folder, aside), within(folder, name))
      return factsOf(await file.stat())
    } catch (error) {
      await unlink(within(folder, aside)).catch(() => {})
      throw error
    } finally {
      await file.close()
    }
  })

/** What is gone already is success. */
export const removeLocal = (root: string, path: string): Promise<void> =>
  inFolderOf(root, path, false, (folder, name) => unlink(within(folder, name))).catch(unlessGone)

function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(error.code ?? '')) return undefined
  throw error
}
