// Where a cluster's shared storage is on this machine. EFS folders belong to the project and outlive the cluster;
// everything else, Lustre too, is a folder of the cluster and dies with it.
import { existsSync } from 'node:fs'
import { chown, mkdir } from 'node:fs/promises'
import { join, normalize } from 'node:path'
import type { Configuration, Storage } from './configuration.ts'
import type { Bind } from './namespaces.ts'
import type { Outside } from './outside.ts'

export type StoragePlace = { stateDir: string; clusterFolder: string; outside: Outside }

/** What to mount where. Every kind is a mount, as node scripts look whether it is one. */
export async function storageBinds(configuration: Configuration, place: StoragePlace): Promise<Bind[]> {
  const binds: Bind[] = []
  for (const storage of configuration.SharedStorage) {
    const target = normalize(`/${storage.MountDir}`)
    const source = (await efsFolder(storage, place)) ?? join(place.clusterFolder, 'storage', target)
    await mkdir(source, { recursive: true, mode: 0o755 })
    binds.push({ source, target })
  }
  return binds
}

/** The folder that stands for an existing EFS file system, or for the part of it that an access point shows. */
export async function efsFolder(
  { EfsSettings: efs }: Storage,
  { stateDir, outside }: Pick<StoragePlace, 'stateDir' | 'outside'>,
): Promise<string | undefined> {
  if (!efs?.AccessPointId && !efs?.FileSystemId) return undefined
  const point = efs.AccessPointId
    ? await outside.accessPoint(efs.AccessPointId)
    : { fileSystemId: efs.FileSystemId ?? '', rootDirectory: '/' }
  // `normalize` of an absolute path leaves no way up: the folder stays below the file system's.
  const folder = join(
    stateDir,
    'efs',
    normalize(`/${point.fileSystemId}`),
    normalize(`/${point.rootDirectory}`),
  )
  if (existsSync(folder)) return folder
  await mkdir(folder, { recursive: true, mode: 0o755 })
  const { ownerUid, ownerGid } = point
  if (process.getuid?.() === 0 && ownerUid !== undefined && ownerGid !== undefined) {
    await chown(folder, ownerUid, ownerGid)
  }
  return folder
}
