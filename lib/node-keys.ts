// Which keys nodes trust, on its way to them: a bucket that the reconciler writes and each node reads its own object of.
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { AnyPrincipal, Effect, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import type { Environment } from './environment.ts'
import { accept } from './nag.ts'

export function nodeKeysBucket(
  scope: Construct,
  { tlsOnly, retainData }: Pick<Environment, 'tlsOnly' | 'retainData'>,
): Bucket {
  const bucket = new Bucket(scope, 'NodeKeys', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    // Public keys; the environment's own key would have to be given to every node.
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: tlsOnly,
    // Who could log in, and when, is asked when somebody has who should not.
    versioned: true,
    lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(365), expiredObjectDeleteMarker: true }],
    removalPolicy: retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  })
  accept(
    bucket,
    'AwsSolutions-S1',
    'Who reads public keys tells nothing; who wrote them is the one function, and versions are kept.',
  )
  return bucket
}

/** Who writes here says who logs in on every cluster: administrators of the account do not. */
export function writtenBy(bucket: Bucket, role: IRole): void {
  const { partition, account } = Stack.of(bucket)
  // AWS tells the role's ARN of its sessions, too; an emulator tells the session's.
  const sessions = `arn:${partition}:sts::${account}:assumed-role/${role.roleName}/*`
  bucket.addToResourcePolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects('*')],
      conditions: { ArnNotLike: { 'aws:PrincipalArn': [role.roleArn, sessions] } },
    }),
  )
}
