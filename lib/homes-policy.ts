// The policy of the file system of the homes. It only denies: with a policy in place EFS lets in nobody whom no policy of
// IAM allows (EFS user guide, "Using IAM to control file system data access"), and those are the clusters' nodes, each on
// its own access point; see core/render/project-policy.ts.
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam'

const client = [
  'elasticfilesystem:ClientMount',
  'elasticfilesystem:ClientWrite',
  'elasticfilesystem:ClientRootAccess',
]

export function homesPolicy(): PolicyDocument {
  const deny = (sid: string, conditions: Record<string, Record<string, string>>) =>
    new PolicyStatement({
      sid,
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: client,
      conditions,
    })
  return new PolicyDocument({
    statements: [
      // The key is there only when the mount names an access point: without one the root of all homes would be seen.
      deny('NoMountWithoutAnAccessPoint', { Null: { 'elasticfilesystem:AccessPointArn': 'true' } }),
      deny('TlsOnly', { Bool: { 'aws:SecureTransport': 'false' } }),
    ],
  })
}
