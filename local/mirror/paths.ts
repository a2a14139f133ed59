// Which keys of a bucket can be files below a folder, and which files can be keys. What cannot is left where it is.

/** Beginnings of the names of our own half-written files. */
export const unfinished = '.hpc-mirror-'

// NAME_MAX of Linux, and S3's limit for keys, in bytes.
const [longestName, longestKey] = [255, 1024]

/** The path of a key, with `/` between its names; undefined where a file of that path would not be below the folder. */
export function pathOfKey(key: string, prefix: string): string | undefined {
  if (!key.startsWith(prefix)) return undefined
  const path = key.slice(prefix.length)
  return isPath(path) ? path : undefined
}

/** Whether the path has a key in the bucket and a place below the folder. */
export function isPath(path: string): boolean {
  return path !== '' && Buffer.byteLength(path) <= longestKey && path.split('/').every(isName)
}

const isName = (name: string): boolean =>
  name !== '' &&
  name !== '.' &&
  name !== '..' &&
  !name.includes('\0') &&
  // What is not UTF-8 was read as this character: such a name has no key that leads back to it.
  !name.includes('\ufffd') &&
  !name.startsWith(unfinished) &&
  Buffer.byteLength(name) <= longestName
