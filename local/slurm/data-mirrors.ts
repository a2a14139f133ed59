// Which folders of a cluster are mirrors of which buckets, read off its configuration: the data repository associations
// of its Lustre, or what mount-s3.sh is told to mount.
import { chmod, mkdir } from 'node:fs/promises'
import { join, normalize } from 'node:path'
import { type Mirror, makeMirror } from '../mirror/mirror.ts'
import type { Objects } from '../mirror/objects.ts'
import type { Configuration } from './configuration.ts'
import type { Bind } from './namespaces.ts'

/** How long a delete waits for what the bucket lacks. */
const flushSeconds = 30

export type Linked = {
  /** Where the cluster sees it. */
  path: string
  bucket: string
  prefix: string
  /** False for data that nothing in the cluster may change. */
  isWritable: boolean
}

export function linkedData({ SharedStorage, HeadNode }: Configuration): Linked[] {
  const lustre = SharedStorage.flatMap(({ MountDir, FsxLustreSettings }) =>
    (FsxLustreSettings?.DataRepositoryAssociations ?? []).map((association) => ({
      path: normalize(`/${MountDir}/${association.FileSystemPath}`),
      ...addressOf(association.DataRepositoryPath),
      isWritable: association.AutoExportPolicy !== undefined,
    })),
  )
  const mounted = HeadNode.CustomActions.OnNodeConfigured.flatMap(({ Args }) => mountedBy(Args))
  return [...lustre, ...mounted]
}

/** What the arguments of mount-s3.sh say. Scripts are uploaded by the hash of their text, so their names do not tell. */
function mountedBy([, , everybodys = '', projects = '', ...packages]: string[]): Linked[] {
  const isFolder = (url: string) => /^s3:\/\/.+\/$/.test(url)
  if (packages.length !== 2 || !isFolder(everybodys) || !isFolder(projects)) return []
  return [
    { path: '/project/public', ...addressOf(everybodys), isWritable: false },
    { path: '/project/private', ...addressOf(projects), isWritable: true },
  ]
}

function addressOf(url: string): { bucket: string; prefix: string } {
  const [, bucket, prefix = ''] = url.match(/^s3:\/\/([^/]+)\/(.*)$/) ?? []
  if (!bucket) throw new Error(`${url} is not an s3:// address.`)
  return { bucket, prefix: prefix && !prefix.endsWith('/') ? `${prefix}/` : prefix }
}

export type DataMirrors = {
  binds: Bind[]
  start(): void
  /** Ends the mirroring; what the buckets lack is written to them first, up to a deadline. */
  flush(): Promise<void>
}

/** Makes the folders below `folder`; without objects there is nothing to mirror, and they stay what they are. */
export async function dataMirrors(
  configuration: Configuration,
  { folder, objects, log }: { folder: string; objects: Objects | undefined; log: (line: string) => void },
): Promise<DataMirrors> {
  const binds: Bind[] = []
  const mirrors: { mirror: Mirror; path: string }[] = []
  for (const { path, bucket, prefix, isWritable } of linkedData(configuration)) {
    const source = join(folder, 'data', path)
    await mkdir(source, { recursive: true, mode: 0o755 })
    await chmod(source, 0o755)
    binds.push({ source, target: path, ...(isWritable ? {} : { readOnly: true }) })
    if (!objects) continue
    const direction = isWritable ? 'both' : 'in'
    mirrors.push({ path, mirror: makeMirror({ folder: source, bucket, prefix, direction, objects, log }) })
  }
  let isStarted = false
  return {
    binds,
    start: () => {
      isStarted = true
      for (const { mirror } of mirrors) mirror.start()
    },
    flush: async () => {
      // Nobody has worked on a cluster that never came up.
      if (!isStarted) return
      for (const { path, mirror } of mirrors) {
        const { uploaded, isWhole } = await mirror.flush(flushSeconds)
        if (uploaded.length > 0) log(`${path}: wrote ${uploaded.length} files to S3 before it went.`)
        if (!isWhole)
          log(`${path}: not all of it was written to S3 within ${flushSeconds} seconds; the rest is lost.`)
      }
    },
  }
}

/** Where an ordinary user, who can mount nothing, has what is /project and /scratch elsewhere. */
export const dataFolders = (
  { SharedStorage }: Configuration,
  { place, homes }: { place: string; homes: string },
): { PROJECT: string; SCRATCH: string } => {
  const lustre = SharedStorage.find(({ FsxLustreSettings }) => FsxLustreSettings)
  return lustre
    ? { PROJECT: join(place, 'data', lustre.MountDir, 'project'), SCRATCH: join(place, 'scratch') }
    : { PROJECT: join(place, 'data/project'), SCRATCH: join(homes, 'scratch') }
}
