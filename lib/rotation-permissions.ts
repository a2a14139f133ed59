// What the reconciler may do to bring new keys to nodes: say which they are, and read what head nodes have confirmed.
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { type At, allow, jobLogStream } from './permissions.ts'

export const rotationStatements = (at: At): PolicyStatement[] => [
  // An object per deployment.
  allow(['s3:PutObject', 's3:DeleteObject'], [`${at.nodeKeysArn}/*`]),
  // Whether the head node trusts the new keys.
  allow(['logs:GetLogEvents'], [jobLogStream(at, 'keys')]),
]
