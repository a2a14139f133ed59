// Which section holds the settings of a StorageType.
export const settingsOf: Readonly<Record<string, string>> = {
  Efs: 'EfsSettings',
  Ebs: 'EbsSettings',
  FsxLustre: 'FsxLustreSettings',
  FsxOpenZfs: 'FsxOpenZfsSettings',
  FsxOntap: 'FsxOntapSettings',
  FileCache: 'FileCacheSettings',
}
