// FSx for Lustre: which settings go together.
import type { Configuration, FsxLustreSettings } from '../configuration.ts'
import { constants } from '../constants.ts'
import type { Path } from '../findings.ts'
import type { Rules } from './rule.ts'
import { storagesOf } from './rule.ts'

const { fsx } = constants
type Lustre = FsxLustreSettings & { path: Path; type: string | undefined }

const lustresOf = (configuration: Configuration): Lustre[] =>
  storagesOf(configuration)
    .filter(({ storage }) => storage.StorageType === 'FsxLustre')
    .map(({ storage: { FsxLustreSettings: settings = {} }, path }) => ({
      ...settings,
      path: [...path, 'FsxLustreSettings'],
      type:
        settings.DeploymentType ?? (settings.BackupId || settings.FileSystemId ? undefined : fsx.defaultType),
    }))

const isPersistent = (type: string | undefined) => type !== undefined && fsx.persistent.includes(type)
const persistent = fsx.persistent.join(' or ')

export const lustreRules: Rules = {
  FsxS3Validator: (configuration, tell) => {
    for (const { path, ...settings } of lustresOf(configuration))
      for (const key of ['ImportedFileChunkSize', 'ExportPath', 'AutoImportPolicy'])
        if (settings[key] && !settings.ImportPath)
          tell([...path, key], `${key} needs an ImportPath: add it, or remove ${key}.`)
  },
  FsxDraValidator: (configuration, tell) => {
    for (const { path, DataRepositoryAssociations: all = [], ImportPath, ExportPath } of lustresOf(
      configuration,
    )) {
      const at = [...path, 'DataRepositoryAssociations']
      const most = constants.most.dataRepositoryAssociations
      if (all.length > 0 && (ImportPath || ExportPath))
        tell(at, 'DataRepositoryAssociations stand in the place of ImportPath and ExportPath: remove these.')
      if (all.length > most) tell(at, `There are ${all.length} associations; at most ${most} are possible.`)
    }
  },
  FsxPersistentOptionsValidator: (configuration, tell) => {
    for (const { path, type, KmsKeyId, PerUnitStorageThroughput } of lustresOf(configuration)) {
      if (isPersistent(type)) {
        if (!PerUnitStorageThroughput)
          tell(
            [...path, 'PerUnitStorageThroughput'],
            `PerUnitStorageThroughput is required for ${type}: add it.`,
          )
        continue
      }
      if (KmsKeyId) tell([...path, 'KmsKeyId'], `KmsKeyId is for ${persistent} only: remove it.`)
      if (PerUnitStorageThroughput)
        tell(
          [...path, 'PerUnitStorageThroughput'],
          `PerUnitStorageThroughput is for ${persistent} only: remove it.`,
        )
    }
  },
  FsxBackupOptionsValidator: (configuration, tell) => {
    for (const { path, type, ...settings } of lustresOf(configuration)) {
      const days = settings.AutomaticBackupRetentionDays
      const at = [...path, 'AutomaticBackupRetentionDays']
      const { DailyAutomaticBackupStartTime: start, CopyTagsToBackups: copies } = settings
      if (!days && start)
        tell(
          [...path, 'DailyAutomaticBackupStartTime'],
          'Backups have a time but no AutomaticBackupRetentionDays: add it.',
        )
      if (!days && copies !== undefined)
        tell([...path, 'CopyTagsToBackups'], 'CopyTagsToBackups needs AutomaticBackupRetentionDays: add it.')
      if (!days) continue
      if (!isPersistent(type)) tell(at, `Automatic backups are for ${persistent} only.`)
      const { ImportedFileChunkSize, ImportPath, ExportPath, AutoImportPolicy } = settings
      if (ImportedFileChunkSize || ImportPath || ExportPath || AutoImportPolicy)
        tell(at, 'A file system that is linked to S3 has no automatic backups: remove one of the two.')
    }
  },
  FsxStorageTypeOptionsValidator: (configuration, tell) => {
    for (const { path, type, StorageType, PerUnitStorageThroughput: throughput, DriveCacheType } of lustresOf(
      configuration,
    )) {
      const at = [...path, 'PerUnitStorageThroughput']
      if (StorageType === 'HDD') {
        if (type !== 'PERSISTENT_1')
          tell([...path, 'DeploymentType'], 'HDD needs the DeploymentType PERSISTENT_1.')
        if (!fsx.hddThroughput.includes(throughput ?? 0))
          tell(at, `HDD has a PerUnitStorageThroughput of ${fsx.hddThroughput.join(' or ')}.`)
        continue
      }
      if (DriveCacheType) tell([...path, 'DriveCacheType'], 'DriveCacheType is for HDD only: remove it.')
      const possible = fsx.ssdThroughput[type ?? ''] ?? []
      if (throughput && !possible.includes(throughput))
        tell(
          at,
          possible.length > 0
            ? `${type} on SSD has a PerUnitStorageThroughput of ${possible.join(', ')}, not ${throughput}.`
            : `${type} has no PerUnitStorageThroughput: remove it.`,
        )
    }
  },
  FsxStorageCapacityValidator: (configuration, tell) => {
    for (const { path, type, ...settings } of lustresOf(configuration)) {
      if (settings.FileSystemId || settings.BackupId) continue
      const at = [...path, 'StorageCapacity']
      const { StorageCapacity: capacity, StorageType, PerUnitStorageThroughput } = settings
      if (!capacity) {
        tell(at, 'StorageCapacity is required for a new file system: add it.')
        continue
      }
      const isDisk = type === 'PERSISTENT_1' && StorageType === 'HDD'
      const step = isDisk ? fsx.hddSteps[String(PerUnitStorageThroughput)] : fsx.capacity[type ?? '']?.step
      const sizes = isDisk ? [] : (fsx.capacity[type ?? '']?.sizes ?? [])
      if (step === undefined || sizes.includes(capacity) || capacity % step === 0) continue
      tell(
        at,
        `StorageCapacity here is ${[...sizes, `a multiple of ${step}`].join(' or ')} GiB, not ${capacity}.`,
      )
    }
  },
}
