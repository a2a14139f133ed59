// Slurm's settings and its accounting database.
import { constants } from '../constants.ts'
import type { Path } from '../findings.ts'
import { parseUrl, portOf } from '../python-url.ts'
import { queuesOf, type Rules, regionOf, resourcesOf, type Tell } from './rule.ts'

const settingsPath: Path = ['Scheduling', 'SlurmSettings']

function tellDenied(tell: Tell, path: Path, settings: readonly object[], level: string) {
  const denied = constants.deniedSlurmSettings[level] ?? []
  const names = settings.flatMap(Object.keys).filter((name) => denied.includes(name.toLowerCase()))
  if (names.length > 0)
    tell(path, `ParallelCluster sets ${[...new Set(names)].sort().join(', ')} itself: remove it here.`)
}

export const slurmRules: Rules = {
  CustomSlurmSettingsValidator: ({ Scheduling, ...rest }, tell) => {
    const { CustomSlurmSettings: own = [], Database } = Scheduling.SlurmSettings ?? {}
    // Longer ones describe nodes, node sets and partitions: they may name what they like.
    const single = own.filter((settings) => Object.keys(settings).length <= 1)
    tellDenied(tell, [...settingsPath, 'CustomSlurmSettings'], single, 'SlurmConf')
    if (Database) tellDenied(tell, [...settingsPath, 'CustomSlurmSettings'], single, 'Accounting')
    const configuration = { Scheduling, ...rest }
    for (const { queue, path } of queuesOf(configuration))
      tellDenied(tell, [...path, 'CustomSlurmSettings'], [queue.CustomSlurmSettings ?? {}], 'Queue')
    for (const { resource, path } of resourcesOf(configuration))
      tellDenied(
        tell,
        [...path, 'CustomSlurmSettings'],
        [resource.CustomSlurmSettings ?? {}],
        'ComputeResource',
      )
  },
  CustomSlurmNodeNamesValidator: ({ Scheduling }, tell) => {
    const settings = Scheduling.SlurmSettings?.CustomSlurmSettings ?? []
    settings.forEach((one, index) => {
      for (const [key, value] of Object.entries(one)) {
        if (key.toLowerCase() !== 'nodename') continue
        const path = [...settingsPath, 'CustomSlurmSettings', index, key]
        if (typeof value !== 'string') tell(path, `${key} must be text.`)
        else if (value.includes('-st-') || value.includes('-dy-'))
          tell(path, `'${value}' looks like a node of ParallelCluster's: rename it, without -st- and -dy-.`)
      }
    })
  },
  CustomSlurmSettingsIncludeFileOnlyValidator: ({ Scheduling }, tell) => {
    const { CustomSlurmSettings: own = [], CustomSlurmSettingsIncludeFile: file } =
      Scheduling.SlurmSettings ?? {}
    if (own.length > 0 && file)
      tell(
        settingsPath,
        'CustomSlurmSettings and CustomSlurmSettingsIncludeFile exclude each other: keep one.',
      )
  },
  ExternalSlurmdbdVsDatabaseIncompatibility: ({ Scheduling }, tell) => {
    const { Database, ExternalSlurmdbd } = Scheduling.SlurmSettings ?? {}
    if (Database && ExternalSlurmdbd)
      tell(settingsPath, 'Database and ExternalSlurmdbd exclude each other: keep one.')
  },
  ExternalSlurmdbdRequiresCustomMungeKey: ({ Scheduling }, tell) => {
    const { ExternalSlurmdbd, MungeKeySecretArn } = Scheduling.SlurmSettings ?? {}
    if (ExternalSlurmdbd && MungeKeySecretArn === undefined)
      tell([...settingsPath, 'MungeKeySecretArn'], 'ExternalSlurmdbd needs a MungeKeySecretArn: add it.')
  },
  ExternalSlurmdbdTrafficNotEncrypted: ({ Scheduling }, tell) => {
    if (Scheduling.SlurmSettings?.ExternalSlurmdbd)
      tell(
        [...settingsPath, 'ExternalSlurmdbd'],
        'What the cluster and its external slurmdbd say to each other is not encrypted: keep both in a network you trust.',
        'WARNING',
      )
  },
  DatabaseUriValidator: ({ Scheduling }, tell) => {
    const uri = Scheduling.SlurmSettings?.Database?.Uri
    if (!uri) return
    const at = [...settingsPath, 'Database', 'Uri']
    if (uri.startsWith('/')) return tell(at, `Uri '${uri}' must not begin with a slash.`)
    const first = parseUrl(uri)
    const url = first?.place === '' ? parseUrl(`//${uri}`) : first
    if (url?.scheme) return tell(at, `Uri '${uri}' is host and port only: remove ${url.scheme}://.`)
    if (!url?.place) return tell(at, `Uri '${uri}' names no host: write host:port.`)
    const port = portOf(url.place)
    if (port === undefined) tell(at, `Uri '${uri}' has a port that is no number from 0 to 65535.`)
    else if (port === 'none' || port === 0) tell(at, 'Uri has no port: 3306 is used.', 'INFO')
  },
  ArnServiceAndResourceValidator: (configuration, tell) => {
    const arn = configuration.Scheduling.SlurmSettings?.MungeKeySecretArn
    const [, , service, , , resource] = arn?.split(':') ?? []
    if (arn && (service !== 'secretsmanager' || resource !== 'secret'))
      tell(
        [...settingsPath, 'MungeKeySecretArn'],
        `MungeKeySecretArn must be a secret of Secrets Manager, not ${arn}.`,
      )
  },
  PasswordSecretArnValidator: (configuration, tell) => {
    const region = regionOf(configuration)
    const { Scheduling, DirectoryService } = configuration
    const places: [string | undefined, Path][] = [
      [Scheduling.SlurmSettings?.Database?.PasswordSecretArn, [...settingsPath, 'Database']],
      [DirectoryService?.PasswordSecretArn, ['DirectoryService']],
    ]
    for (const [arn, path] of places) {
      const [, , service, , , resource = ''] = arn?.split(':') ?? []
      const isSecret = service === 'secretsmanager' && resource === 'secret'
      // Parameters were taken in one region only.
      const isParameter =
        service === 'ssm' && resource.startsWith('parameter/') && region === 'us-isob-east-1'
      if (arn && !isSecret && !isParameter)
        tell(
          [...path, 'PasswordSecretArn'],
          `PasswordSecretArn must be a secret of Secrets Manager, not ${arn}.`,
        )
    }
  },
}
