// Rules of Slurm's settings and its accounting: a configuration, who speaks, where, how loudly.
import type { Row } from './storage-rows.ts'

const settings = 'Scheduling.SlurmSettings'
const secret = 'arn:aws:secretsmanager:eu-west-1:1:secret:x'
const database = (Uri: string, more = {}) => ({
  [`${settings}.Database`]: { Uri, UserName: 'u', PasswordSecretArn: secret, ...more },
})

export const slurmRows: Row[] = [
  [
    'CustomSlurmSettingsValidator',
    `${settings}.CustomSlurmSettings`,
    { [`${settings}.CustomSlurmSettings`]: [{ EPILOG: 'x' }] },
  ],
  [
    'CustomSlurmSettingsValidator',
    `${settings}.CustomSlurmSettings`,
    { ...database('db:1'), [`${settings}.CustomSlurmSettings`]: [{ AccountingStorageHost: 'x' }] },
  ],
  [
    'CustomSlurmNodeNamesValidator',
    `${settings}.CustomSlurmSettings.0.NodeName`,
    { [`${settings}.CustomSlurmSettings`]: [{ NodeName: 'a-st-1', CPUs: 1 }] },
  ],
  [
    'CustomSlurmSettingsIncludeFileOnlyValidator',
    settings,
    {
      [`${settings}.CustomSlurmSettings`]: [{ A: 'x' }],
      [`${settings}.CustomSlurmSettingsIncludeFile`]: 's3://b/k',
    },
  ],
  [
    'ExternalSlurmdbdVsDatabaseIncompatibility',
    settings,
    {
      ...database('db:1'),
      [`${settings}.ExternalSlurmdbd`]: { Host: 'h' },
      [`${settings}.MungeKeySecretArn`]: secret,
    },
  ],
  [
    'ExternalSlurmdbdRequiresCustomMungeKey',
    `${settings}.MungeKeySecretArn`,
    { [`${settings}.ExternalSlurmdbd`]: { Host: 'h' } },
  ],
  [
    'ExternalSlurmdbdTrafficNotEncrypted',
    `${settings}.ExternalSlurmdbd`,
    { [`${settings}.ExternalSlurmdbd`]: { Host: 'h' }, [`${settings}.MungeKeySecretArn`]: secret },
    'WARNING',
  ],
  ...['/db:3306', 'mysql://db', '?x', 'db:x', 'db:65536', 'db[x'].map(
    (uri): Row => ['DatabaseUriValidator', `${settings}.Database.Uri`, database(uri)],
  ),
  ['DatabaseUriValidator', `${settings}.Database.Uri`, database('db'), 'INFO'],
  [
    'ArnServiceAndResourceValidator',
    `${settings}.MungeKeySecretArn`,
    { [`${settings}.MungeKeySecretArn`]: 'arn:x' },
  ],
]
