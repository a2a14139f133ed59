// The two data buckets: everybody's, which clusters read, and the projects', a prefix each. Or two that are there already.
import { Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib'
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import type { Site } from '../core/site.ts'
import type { Environment } from './environment.ts'

type Props = Pick<Environment['storage'], 'publicBucket' | 'privateBucket' | 'oldVersionsDays'> & {
  tlsOnly: boolean
  removalPolicy: RemovalPolicy
}

/** Their names. */
export function dataBuckets(
  scope: Construct,
  props: Props,
): Pick<Site['storage'], 'publicBucket' | 'privateBucket'> {
  const { publicBucket, privateBucket, oldVersionsDays, tlsOnly, removalPolicy } = props
  const make = (id: string) =>
    new Bucket(scope, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      // Nodes and FSx read and write them by themselves: a key of ours would have to be given to each of their roles.
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: tlsOnly,
      versioned: true,
      lifecycleRules: [
        {
          noncurrentVersionExpiration: Duration.days(oldVersionsDays),
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
      removalPolicy,
    })
  return {
    publicBucket: publicBucket ?? notForClusters(make('PublicData')).bucketName,
    privateBucket: privateBucket ?? make('PrivateData').bucketName,
  }
}

/**
 * No role of a cluster's nodes writes what all clusters read, whatever its own policies say. ParallelCluster's roles have that
 * path; FSx's role of a file system has another one, and exports only where an association says so.
 */
function notForClusters(bucket: Bucket): Bucket {
  const { partition, account } = Stack.of(bucket)
  bucket.addToResourcePolicy(
    new PolicyStatement({
      sid: 'ClustersOnlyRead',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['s3:PutObject*', 's3:DeleteObject*', 's3:RestoreObject', 's3:AbortMultipartUpload'],
      resources: [bucket.arnForObjects('*')],
      conditions: {
        ArnLike: { 'aws:PrincipalArn': `arn:${partition}:iam::${account}:role/parallelcluster/*` },
      },
    }),
  )
  return bucket
}
