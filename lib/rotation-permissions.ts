// What the reconciler may do to bring new keys to nodes: say which they are, and read what head nodes have confirmed.
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { type At, allow, arn } from './permissions.ts'

export const rotationStatements = (at: At): PolicyStatement[] => [
  // An object per deployment.
  allow(['s3:PutObject', 's3:DeleteObject'], [`${at.nodeKeysArn}/*`]),
  // That stream of each deployment's group; not "jobs", which has what jobs printed.
  allow(
    ['logs:GetLogEvents'],
    [arn(at, 'logs', `log-group:/hpc-provisioner/jobs/*${at.logStreamRights ? ':log-stream:keys' : ''}`)],
  ),
]
