// A bucket of public keys by which nodes know who is who: one role writes it, and nodes read their own objects.
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { AnyPrincipal, Effect, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import type { Environment } from './environment.ts'
import { accept } from './nag.ts'

export function keyBucket(
  scope: Construct,
  id: string,
  { tlsOnly, retainData }: Pick<Environment, 'tlsOnly' | 'retainData'>,
): Bucket {
  const bucket = new Bucket(scope, id, {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    // Public keys; the environment's own key would have to be given to every node.
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: tlsOnly,
    // Which keys there were is asked when somebody may have used a wrong one.
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

/** Who writes here says who is whom on every cluster: administrators of the account do not. */
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
