// What has to be done so that a folder and a prefix of a bucket hold the same, from what both held when they last did.

/** A file: changed when one of the three differs. */
export type LocalFile = { size: number; modified: number; inode: number }
/** An object: changed when its ETag differs. */
export type RemoteObject = { etag: string; modified: number }
/** What a path was on both sides when they last agreed. */
export type Agreed = { local: LocalFile; remote: RemoteObject }

export type Action = { path: string; do: 'download' | 'upload' | 'removeLocal' | 'removeRemote' | 'forget' }
/** `in`: the bucket's word counts alone, and nothing goes out. */
export type Direction = 'in' | 'both'

export function planMirror(
  agreed: ReadonlyMap<string, Agreed>,
  local: ReadonlyMap<string, LocalFile>,
  remote: ReadonlyMap<string, RemoteObject>,
  direction: Direction,
): Action[] {
  const paths = new Set([...agreed.keys(), ...local.keys(), ...remote.keys()])
  return [...paths].sort().flatMap((path) => {
    const what = actionFor(agreed.get(path), local.get(path), remote.get(path), direction)
    return what ? [{ path, do: what }] : []
  })
}

function actionFor(
  agreed: Agreed | undefined,
  local: LocalFile | undefined,
  remote: RemoteObject | undefined,
  direction: Direction,
): Action['do'] | undefined {
  const localIsNew = !isSameFile(agreed?.local, local)
  const remoteIsNew = agreed?.remote.etag !== remote?.etag
  if (!localIsNew && !remoteIsNew) return undefined
  if (!local && !remote) return 'forget'
  if (direction === 'in') return remote ? 'download' : 'removeLocal'
  if (!remoteIsNew) return local ? 'upload' : 'removeRemote'
  if (!localIsNew) return remote ? 'download' : 'removeLocal'
  // Both changed. What is there wins over what was deleted, so that nothing is lost, and else the newer one wins.
  if (!local) return 'download'
  if (!remote) return 'upload'
  return local.modified > remote.modified ? 'upload' : 'download'
}

export const isSameFile = (one: LocalFile | undefined, other: LocalFile | undefined): boolean =>
  one?.size === other?.size && one?.modified === other?.modified && one?.inode === other?.inode
