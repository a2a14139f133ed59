// Shared storage: how many of which kind, and where they are mounted.
import type { SharedStorage } from '../configuration.ts'
import { constants } from '../constants.ts'
import { maxCount, queuesOf, type Rules, resourcesOf, storagesOf } from './rule.ts'

const existingKinds: Readonly<Record<string, string>> = {
  FsxOpenZfs: 'existing FSx',
  FsxOntap: 'existing FSx',
  FileCache: 'existing FSx',
}

function kindOf({ StorageType, EbsSettings, EfsSettings, FsxLustreSettings }: SharedStorage): string {
  if (StorageType === 'Ebs') return EbsSettings?.Raid ? 'new RAID' : 'EBS'
  if (StorageType === 'Efs') return EfsSettings?.FileSystemId ? 'existing EFS' : 'new EFS'
  if (StorageType === 'FsxLustre') return FsxLustreSettings?.FileSystemId ? 'existing FSx' : 'new FSx'
  return existingKinds[StorageType] ?? StorageType
}

const ids: Readonly<Record<string, string>> = {
  EbsSettings: 'VolumeId',
  EfsSettings: 'FileSystemId',
  FsxLustreSettings: 'FileSystemId',
}

/** What stands before each slash. */
const directoriesOf = (name: string): string[] =>
  [...name.matchAll(/\//g)].map(({ index }) => name.slice(0, index))

export const storageRules: Rules = {
  NumberOfStorageValidator: (configuration, tell) => {
    const kinds = storagesOf(configuration).map(({ storage }) => kindOf(storage))
    for (const [kind, most] of Object.entries(constants.storage.most)) {
      const count = kinds.filter((one) => one === kind).length
      if (count > most)
        tell(['SharedStorage'], `There are ${count} ${kind} storages; at most ${most} are possible.`)
    }
  },
  DuplicateMountDirValidator: (configuration, tell) => {
    const names = new Map<string, string[]>()
    for (const { storage } of storagesOf(configuration))
      names.set(storage.MountDir, [...(names.get(storage.MountDir) ?? []), storage.Name])
    for (const [directory, sharers] of names)
      if (sharers.length > 1)
        tell(
          ['SharedStorage'],
          `${sharers.join(' and ')} are all mounted at ${directory}: give each its own directory.`,
        )
  },
  // ParallelCluster 3.16.1 compares the storages' names here, where directories are meant (cluster_config.py:1781).
  OverlappingMountDirValidator: (configuration, tell) => {
    const names = storagesOf(configuration).map(({ storage }) => storage.Name)
    const lengths = new Set(names.map(({ length }) => length))
    // From behind, so that each name is told once, with the next one that it meets. Looked up, as there may be thousands.
    const seen = new Set<string>()
    const inside = new Map<string, string>()
    for (const name of names.toReversed()) {
      const above = directoriesOf(name).filter(({ length }) => lengths.has(length))
      const other = inside.get(name) ?? above.find((one) => seen.has(one))
      if (other !== undefined)
        tell(
          ['SharedStorage'],
          `ParallelCluster takes the names ${name} and ${other} for overlapping directories: rename one.`,
        )
      seen.add(name)
      for (const one of above) inside.set(one, name)
    }
  },
  SharedStorageMountDirValidator: (configuration, tell) => {
    for (const { storage, path } of storagesOf(configuration)) {
      const directory = storage.MountDir.startsWith('/') ? storage.MountDir : `/${storage.MountDir}`
      if (constants.storage.reservedDirectories.includes(directory))
        tell(
          [...path, 'MountDir'],
          `${directory} belongs to the system: mount it elsewhere, for example at /shared.`,
        )
    }
  },
  SharedFileCacheNotHomeValidator: (configuration, tell) => {
    for (const { storage, path } of storagesOf(configuration))
      if (storage.StorageType === 'FileCache' && ['/home', 'home'].includes(storage.MountDir))
        tell([...path, 'MountDir'], 'A file cache cannot hold the homes: mount it elsewhere.')
  },
  ManagedFsxMultiAzValidator: (configuration, tell) => {
    const subnets = new Set(queuesOf(configuration).flatMap(({ queue }) => queue.Networking.SubnetIds))
    if (subnets.size < 2) return
    for (const { storage, path } of storagesOf(configuration))
      if (kindOf(storage) === 'new FSx')
        tell(
          path,
          `${storage.Name} would be made in one subnet, and queues have several: bring an existing file system, or use one subnet.`,
        )
  },
  DeletionPolicyValidator: (configuration, tell) => {
    for (const { storage, path } of storagesOf(configuration))
      for (const [section, id] of Object.entries(ids)) {
        if (!section.startsWith(storage.StorageType)) continue
        const settings = (storage[section] ?? {}) as Record<string, unknown>
        const policy = settings.DeletionPolicy ?? (settings[id] ? undefined : 'Delete')
        const fate =
          policy === 'Delete' ? 'is deleted with its data' : policy === 'Retain' ? 'stays' : undefined
        if (fate)
          tell(
            path,
            `${storage.Name} ${fate} when it leaves the configuration or the cluster is deleted.`,
            'INFO',
          )
      }
  },
  EfsMountOptionsValidator: (configuration, tell) => {
    for (const { storage, path } of storagesOf(configuration))
      if (storage.EfsSettings?.IamAuthorization && !storage.EfsSettings.EncryptionInTransit)
        tell(
          [...path, 'EfsSettings', 'IamAuthorization'],
          'IamAuthorization needs EncryptionInTransit: true.',
        )
  },
  EfsAccessPointOptionsValidator: (configuration, tell) => {
    for (const { storage, path } of storagesOf(configuration)) {
      const { AccessPointId, FileSystemId, EncryptionInTransit } = storage.EfsSettings ?? {}
      const at = [...path, 'EfsSettings', 'AccessPointId']
      if (AccessPointId && !FileSystemId)
        tell(at, 'AccessPointId is for an existing file system: add its FileSystemId.')
      if (AccessPointId && !EncryptionInTransit) tell(at, 'AccessPointId needs EncryptionInTransit: true.')
    }
  },
  KmsKeyIdEncryptedValidator: (configuration, tell) => {
    for (const { storage, path } of storagesOf(configuration)) {
      const [section, isEncrypted] =
        storage.StorageType === 'Efs' ? ['EfsSettings' as const, false] : ['EbsSettings' as const, true]
      const settings = storage[section]
      if (settings?.KmsKeyId && !(settings.Encrypted ?? isEncrypted))
        tell([...path, section, 'KmsKeyId'], 'KmsKeyId encrypts: set Encrypted: true beside it.')
    }
  },
  SharedEbsPerformanceBottleNeckValidator: (configuration, tell) => {
    const nodes = resourcesOf(configuration).reduce((sum, { resource }) => sum + maxCount(resource), 0)
    if (nodes <= constants.most.nodesOnEbs) return
    for (const { storage, path } of storagesOf(configuration))
      if (storage.StorageType === 'Ebs')
        tell(
          path,
          `${storage.Name} reaches up to ${nodes} nodes through the head node's network: EFS or FSx is faster.`,
          'WARNING',
        )
  },
  SharedStorageEfsSettingsValidator: ({ HeadNode }, tell) => {
    if (HeadNode.SharedStorageEfsSettings && (HeadNode.SharedStorageType ?? 'Ebs') !== 'Efs')
      tell(['HeadNode', 'SharedStorageEfsSettings'], 'SharedStorageEfsSettings needs SharedStorageType: Efs.')
  },
}
