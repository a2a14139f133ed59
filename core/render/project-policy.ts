// What the nodes of a cluster may do with data: their own project's, and to read what is everybody's. ParallelCluster
// attaches the policy to the roles of the head node and of the queues (Iam.AdditionalIamPolicies).
import type { Cluster } from '../cluster.ts'
import { projectPolicyName, projectPrefix } from '../names.ts'
import type { Site } from '../site.ts'

const allow = (Action: string[], Resource: unknown, Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
})
const here = (service: string, resource: string) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
})
// The path holds ids that were asked for: they are put where CloudFormation looks for no references.
const inS3 = (path: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::${path}`]] })

/**
 * ParallelCluster's provider attaches policies below this path only. `Iam.S3Access` would do for objects, but it cannot
 * allow to list a prefix, without which nothing can be mounted.
 */
export function projectPolicy(cluster: Cluster, { storage }: Site, accessPoint: string): object {
  const { fileSystemId, publicBucket, privateBucket } = storage
  const prefix = projectPrefix(cluster)
  return {
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: {
      ManagedPolicyName: projectPolicyName(cluster),
      Path: '/parallelcluster/',
      Description: `Data of the nodes of ${cluster.name}`,
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          // Root on a node is root on the file system, below the project's own directory: homes have many owners.
          allow(
            [
              'elasticfilesystem:ClientMount',
              'elasticfilesystem:ClientWrite',
              'elasticfilesystem:ClientRootAccess',
            ],
            here('elasticfilesystem', `file-system/${fileSystemId}`),
            {
              StringEquals: {
                'elasticfilesystem:AccessPointArn': here(
                  'elasticfilesystem',
                  `access-point/\${${accessPoint}}`,
                ),
              },
            },
          ),
          allow(['s3:ListBucket'], inS3(publicBucket)),
          allow(['s3:GetObject'], inS3(`${publicBucket}/*`)),
          // Ids hold neither * nor ?, so the pattern is the prefix and what is below it.
          allow(['s3:ListBucket'], inS3(privateBucket), { StringLike: { 's3:prefix': `${prefix}*` } }),
          allow(
            [
              's3:GetObject',
              's3:PutObject',
              's3:DeleteObject',
              's3:AbortMultipartUpload',
              's3:ListMultipartUploadParts',
            ],
            inS3(`${privateBucket}/${prefix}*`),
          ),
        ],
      },
    },
  }
}
