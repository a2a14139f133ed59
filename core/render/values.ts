// What a template may use; cluster-configs/README.md explains each.
import type { Site } from '../site.ts'

/** A CloudFormation intrinsic function, as in { Ref: 'Subnet' }. */
export type Intrinsic = { [name: string]: unknown }
export type Value = string | number | boolean | Intrinsic

export const valueNames = [
  'region',
  'clusterName',
  'virtualLab',
  'project',
  'deploymentId',
  'subnetId',
  'securityGroupId',
  'headSecurityGroupId',
  'fileSystemId',
  'accessPointId',
  'projectPolicyArn',
  'keyName',
  'userPublicKey',
  'customAmi',
  'publicBucket',
  'privateBucket',
  'mountpointUrl',
  'mountpointSha256',
  'scriptsBucket',
  'jobLogGroupName',
  'jobLogPolicyArn',
  'logRetentionDays',
  'nodeKeysBucket',
  'nodeKeysKey',
  'jwksBucket',
  'jwksKey',
  'userClaimField',
  'slurmRestPort',
  'databaseUri',
  'databaseName',
  'databaseUser',
  'databasePasswordSecretArn',
  'firstJobId',
] as const
export type ValueName = (typeof valueNames)[number]

/** A value that is `undefined` is known to be absent: what asks for it is left out. */
export type Values = { [name in ValueName]: Value | undefined } & ScriptValues
type ScriptValues = { [script: `scripts.${string}`]: string }

// The login user's come from base.yaml itself.
const userNames = ['user.name', 'user.uid', 'user.gid']

export const isValueName = (name: string): boolean =>
  [...valueNames, ...userNames].includes(name) || /^scripts\.[a-z0-9-]+\.(url|key)$/.test(name)

/** `scripts.users.url` and `scripts.users.key` for users.sh, and so on; a script is in bash or in Python. */
export function scriptValues({ bucket, keys }: Site['scripts']): ScriptValues {
  const entries = Object.entries(keys).flatMap(([file, key]) => {
    const name = `scripts.${file.replace(/\.(sh|py)$/, '')}`
    return [
      [`${name}.url`, `s3://${bucket}/${key}`],
      [`${name}.key`, key],
    ]
  })
  return Object.fromEntries(entries)
}
