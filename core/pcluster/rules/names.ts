// Names: their form, and that they are not given twice.
import { constants } from '../constants.ts'
import { lengthOf, pythonPattern } from '../python-pattern.ts'
import { duplicates } from '../values.ts'
import { poolsOf, queuesOf, type Rules, resourcesOf, storagesOf } from './rule.ts'

type Form = { pattern: string; longest: number; forbidden: string }
type Checker = (name: string) => string[]

function checker({ pattern, longest, forbidden }: Form, allowed: string): Checker {
  const form = pythonPattern(pattern)
  return (name) => [
    ...(form.test(name) ? [] : [`Name '${name}' has to be of ${allowed}.`]),
    ...(lengthOf(name) > longest ? [`Name '${name}' has more than ${longest} characters: shorten it.`] : []),
    ...(name.replace(/\n$/, '') === forbidden ? [`Name '${name}' is reserved: choose another.`] : []),
  ]
}

const ofNodes = checker(constants.names, 'lower-case letters, digits and hyphens, and begin with a letter')
const ofStorage = checker(constants.storageNames, 'letters, digits and + - = . _ : @ /')

const settingWithId: Readonly<Record<string, [section: string, key: string]>> = {
  Efs: ['EfsSettings', 'FileSystemId'],
  Ebs: ['EbsSettings', 'VolumeId'],
  FsxLustre: ['FsxLustreSettings', 'FileSystemId'],
  FsxOpenZfs: ['FsxOpenZfsSettings', 'VolumeId'],
  FsxOntap: ['FsxOntapSettings', 'VolumeId'],
  FileCache: ['FileCacheSettings', 'FileCacheId'],
}

const { clusterNames } = constants
const clusterForm = pythonPattern(clusterNames.pattern)

export const nameRules: Rules = {
  ClusterNameValidator: ({ Scheduling }, tell, name) => {
    if (name === undefined) return
    const { Database, ExternalSlurmdbd } = Scheduling.SlurmSettings ?? {}
    const longest = Database || ExternalSlurmdbd ? clusterNames.longestWithAccounting : clusterNames.longest
    if (!clusterForm.test(name) || name.replace(/\n$/, '').length > longest)
      tell(
        ['$name'],
        `The cluster's name '${name}' must have letters, digits and hyphens, begin with a letter, and have at most ${longest} characters.`,
      )
  },
  NameValidator: (configuration, tell) => {
    const named = [
      ...queuesOf(configuration).map(({ queue, path }) => ({ name: queue.Name, path })),
      ...resourcesOf(configuration).map(({ resource, path }) => ({ name: resource.Name, path })),
      ...poolsOf(configuration).map(({ pool, path }) => ({ name: pool.Name, path })),
    ]
    for (const { name, path } of named) for (const message of ofNodes(name)) tell([...path, 'Name'], message)
  },
  SharedStorageNameValidator: (configuration, tell) => {
    for (const { storage, path } of storagesOf(configuration)) {
      for (const message of ofStorage(storage.Name)) tell([...path, 'Name'], message)
      const associations = storage.FsxLustreSettings?.DataRepositoryAssociations ?? []
      associations.forEach(({ Name }, index) => {
        const at = [...path, 'FsxLustreSettings', 'DataRepositoryAssociations', index, 'Name']
        for (const message of ofStorage(Name)) tell(at, message)
      })
    }
  },
  DuplicateNameValidator: (configuration, tell) => {
    const unique = (names: readonly string[], what: string, path: readonly (string | number)[]) => {
      for (const name of duplicates(names)) tell(path, `${what} ${name} is there twice: give each its own.`)
    }
    const queues = queuesOf(configuration)
    unique(
      queues.map(({ queue }) => queue.Name),
      'The queue name',
      ['Scheduling', 'SlurmQueues'],
    )
    for (const { queue, path } of queues)
      unique(
        queue.ComputeResources.map(({ Name }) => Name),
        'The compute resource name',
        [...path, 'ComputeResources'],
      )
    unique(
      poolsOf(configuration).map(({ pool }) => pool.Name),
      'The pool name',
      ['LoginNodes', 'Pools'],
    )
    const storages = storagesOf(configuration).map(({ storage }) => storage)
    unique(
      storages.map(({ Name }) => Name),
      'The storage name',
      ['SharedStorage'],
    )
    const ids = storages.flatMap((storage) => {
      const [section = '', key = ''] = settingWithId[storage.StorageType] ?? []
      const id = (storage[section] as Record<string, unknown> | undefined)?.[key]
      return id ? [String(id)] : []
    })
    unique(ids, 'The file system or volume', ['SharedStorage'])
  },
}
