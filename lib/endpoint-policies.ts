// What may pass an endpoint of the private VPC, whatever the caller's own rights say. Principals have rights of their
// own; an endpoint says whose, and where to: nothing that was carried in opens a way out.
import type { Stack } from 'aws-cdk-lib'
import { AnyPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam'

type Where = Pick<Stack, 'partition' | 'region' | 'account'>

const allow = (actions: string[], resources: string[], conditions?: PolicyStatement['conditions']) =>
  new PolicyStatement({
    principals: [new AnyPrincipal()],
    actions,
    resources,
    ...(conditions ? { conditions } : {}),
  })
const policy = (...statements: PolicyStatement[]) => new PolicyDocument({ statements })

const ofUs = ({ account }: Where) => ({ 'aws:PrincipalAccount': account })

/** Interface endpoints: any call by a principal of this account, none by credentials of another. */
export const ownPrincipals = (where: Where): PolicyDocument =>
  policy(allow(['*'], ['*'], { StringEquals: ofUs(where) }))

/**
 * CloudFormation's, too: a node's cfn-init and cfn-hup sign with its instance's identity document (`CFN_V1`), which is no
 * principal of IAM. By it they reach stacks that are named as ParallelCluster's own of a cluster, and CloudFormation
 * itself asks whether the instance is of the stack.
 */
export const nodesAndPrincipals = (where: Where): PolicyDocument =>
  policy(
    allow(['*'], ['*'], { StringEquals: ofUs(where) }),
    allow(
      ['cloudformation:DescribeStackResource', 'cloudformation:SignalResource'],
      [
        `arn:${where.partition}:cloudformation:${where.region}:${where.account}:stack/hpc-*-${'?'.repeat(15)}/*`,
      ],
    ),
  )

/** The API's endpoint: its callers, who may be of another account, and nobody else. */
export const apiCallers = (where: Where, callers: string[]): PolicyDocument =>
  policy(
    allow(
      ['execute-api:Invoke'],
      // The API is made after the endpoint, so its id is not known yet.
      [`arn:${where.partition}:execute-api:${where.region}:${where.account}:*`],
      { ArnEquals: { 'aws:PrincipalArn': callers } },
    ),
  )

/**
 * S3: the buckets of this account, which are the data's, the node scripts' and those that ParallelCluster makes here;
 * and of AWS's own those that nodes cannot do without. `readOnly` are buckets of other accounts with shared data.
 */
export function s3Policy(where: Where, readOnly: string[]): PolicyDocument {
  const { partition, region, account } = where
  const bucket = (name: string) => `arn:${partition}:s3:::${name}`
  return policy(
    allow(['s3:*'], ['*'], { StringEquals: { ...ofUs(where), 'aws:ResourceAccount': account } }),
    allow(
      ['s3:GetObject'],
      [
        // ParallelCluster's own files.
        bucket(`${region}-aws-parallelcluster/*`),
        // Amazon Linux 2023's packages (its user guide, "Amazon S3 VPC endpoints").
        bucket(`al2023-repos-${region}-de612dc2/*`),
      ],
    ),
    // Nodes tell CloudFormation that they are ready by a signed address in its bucket (ParallelCluster user guide,
    // "AWS ParallelCluster in a single subnet with no internet access").
    allow(['s3:PutObject'], [bucket(`cloudformation-waitcondition-${region}/*`)]),
    ...(readOnly.length > 0
      ? [
          allow(['s3:ListBucket', 's3:GetBucketLocation'], readOnly.map(bucket), {
            StringEquals: ofUs(where),
          }),
          allow(
            ['s3:GetObject'],
            readOnly.map((name) => bucket(`${name}/*`)),
            { StringEquals: ofUs(where) },
          ),
        ]
      : []),
  )
}

/** DynamoDB: the tables that ParallelCluster makes for its clusters; the service's own are not for nodes. */
export const dynamoDbPolicy = (where: Where): PolicyDocument =>
  policy(
    allow(
      ['dynamodb:*'],
      [`arn:${where.partition}:dynamodb:${where.region}:${where.account}:table/parallelcluster-*`],
      { StringEquals: ofUs(where) },
    ),
  )
