// Addresses of scripts and data: their form; whether something is there only AWS can tell.
import type { Configuration, CustomActions } from '../configuration.ts'
import type { Path } from '../findings.ts'
import { parseUrl } from '../python-url.ts'
import { poolsOf, queuesOf, type Rules, storagesOf } from './rule.ts'

type Place = { url: string; path: Path }

const scriptsOf = (actions: CustomActions | undefined, path: Path): Place[] =>
  Object.entries(actions ?? {}).flatMap(([name, action]) => {
    const at = [...path, 'CustomActions', name]
    const { Script, Sequence } = action as { Script?: string; Sequence?: { Script: string }[] }
    if (!Sequence) return [{ url: Script ?? '', path: [...at, 'Script'] }]
    return Sequence.map((one, index) => ({ url: one.Script, path: [...at, 'Sequence', index, 'Script'] }))
  })

function urlsOf(configuration: Configuration): Place[] {
  const { Cookbook, NodePackage, ClusterTemplate } = configuration.DevSettings ?? {}
  const { CustomSlurmSettingsIncludeFile: include } = configuration.Scheduling.SlurmSettings ?? {}
  const given = (url: string | undefined, ...path: string[]): Place[] => (url ? [{ url, path }] : [])
  return [
    ...scriptsOf(configuration.HeadNode.CustomActions, ['HeadNode']),
    ...queuesOf(configuration).flatMap(({ queue, path }) => scriptsOf(queue.CustomActions, path)),
    ...poolsOf(configuration).flatMap(({ pool, path }) => scriptsOf(pool.CustomActions, path)),
    ...given(include, 'Scheduling', 'SlurmSettings', 'CustomSlurmSettingsIncludeFile'),
    // An empty cookbook is looked at, empty others are not.
    ...(Cookbook?.ChefCookbook === undefined
      ? []
      : [{ url: Cookbook.ChefCookbook, path: ['DevSettings', 'Cookbook', 'ChefCookbook'] }]),
    ...given(NodePackage, 'DevSettings', 'NodePackage'),
    ...given(ClusterTemplate, 'DevSettings', 'ClusterTemplate'),
  ]
}

export const urlRules: Rules = {
  UrlValidator: (configuration, tell) => {
    for (const { url, path } of urlsOf(configuration)) {
      const scheme = parseUrl(url)?.scheme
      if (scheme !== 'https' && scheme !== 's3') tell(path, `'${url}' must begin with https:// or s3://.`)
      else if (scheme === 's3' && !/^s3:\/\/[^\n]*?\//.test(url))
        tell(path, `'${url}' must have the form s3://bucket/key.`)
    }
  },
  S3BucketUriValidator: (configuration, tell) => {
    for (const { storage, path } of storagesOf(configuration)) {
      const { ImportPath, ExportPath, DataRepositoryAssociations = [] } = storage.FsxLustreSettings ?? {}
      const at = [...path, 'FsxLustreSettings']
      const places: Place[] = [
        ...(ImportPath ? [{ url: ImportPath, path: [...at, 'ImportPath'] }] : []),
        ...(ExportPath ? [{ url: ExportPath, path: [...at, 'ExportPath'] }] : []),
        ...DataRepositoryAssociations.map(({ DataRepositoryPath }, index) => ({
          url: DataRepositoryPath,
          path: [...at, 'DataRepositoryAssociations', index, 'DataRepositoryPath'],
        })),
      ]
      for (const { url, path: where } of places)
        if (parseUrl(url)?.scheme !== 's3' || url.split('/').length < 3)
          tell(where, `'${url}' must have the form s3://bucket/prefix.`)
    }
  },
}
