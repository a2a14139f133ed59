// What stands behind Custom::PclusterCluster: the provider that AWS publishes, or the local one.
import { CfnStack, Duration, Stack, Token } from 'aws-cdk-lib'
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import type { Site } from '../core/site.ts'
import type { Environment } from './environment.ts'
import { type FunctionPlace, makeFunction } from './function.ts'
import { accept } from './nag.ts'

type DataBuckets = Pick<Site['storage'], 'publicBucket' | 'privateBucket'>

/** The service token of the environment's provider. */
export function providerServiceToken(
  scope: Construct,
  provider: Environment['provider'],
  buckets: DataBuckets,
  place: FunctionPlace,
): string {
  return provider.kind === 'parallelcluster'
    ? parallelClusterProvider(scope, provider.version, buckets)
    : localProvider(scope, provider, place)
}

// AWS ParallelCluster user guide, "AWS CloudFormation custom resource".
function parallelClusterProvider(scope: Construct, version: string, buckets: DataBuckets): string {
  const { region, urlSuffix } = Stack.of(scope)
  const stack = new CfnStack(scope, 'PclusterProvider', {
    templateUrl: `https://${region}-aws-parallelcluster.s3.${region}.${urlSuffix}/parallelcluster/${version}/templates/custom_resource/cluster.yaml`,
    parameters: { AdditionalIamPolicies: dataRepositories(scope, buckets).managedPolicyArn },
  })
  return stack.getAtt('Outputs.ServiceToken').toString()
}

/**
 * What the provider's own policies lack for Lustre on buckets: what ParallelCluster's policies.yaml has under
 * EnableFSxS3Access, which its provider leaves off, but that it writes to one bucket only. Of these rights
 * ParallelClusterClusterPolicy2 has iam:CreateServiceLinkedRole by itself; the others come with it to the one role.
 * The path is the one under which ParallelCluster looks for policies.
 */
function dataRepositories(scope: Construct, { publicBucket, privateBucket }: DataBuckets): ManagedPolicy {
  const { partition, account } = Stack.of(scope)
  const service = 's3.data-source.lustre.fsx.amazonaws.com'
  const bucket = (name: string) => `arn:${partition}:s3:::${name}`
  const both = [publicBucket, privateBucket].flatMap((name) => [bucket(name), `${bucket(name)}/*`])
  const allow = (actions: string[], resources: string[]) => new PolicyStatement({ actions, resources })
  const policy = new ManagedPolicy(scope, 'DataRepositories', {
    path: '/parallelcluster/',
    description: 'Lustre file systems of clusters: their associations with the data buckets',
    statements: [
      allow(
        ['iam:CreateServiceLinkedRole', 'iam:AttachRolePolicy', 'iam:PutRolePolicy'],
        // The role's name ends in the file system's id.
        [`arn:${partition}:iam::${account}:role/aws-service-role/${service}/*`],
      ),
      // As policies.yaml has it: FSx does not say which readings of a bucket it asks for.
      allow(['s3:Get*', 's3:List*'], both),
      // Nothing is exported to the public bucket. Should FSx ask for the right all the same: docs/deploy.md, "Not tried".
      allow(['s3:PutObject'], [`${bucket(privateBucket)}/*`]),
    ],
  })
  // Buckets of the app's own are in wildcards.ts.
  for (const name of [publicBucket, privateBucket].filter((one) => !Token.isUnresolved(one)))
    accept(policy, `AwsSolutions-IAM5[Resource::${bucket(name)}/*]`, 'Every object of the bucket.')
  return policy
}

function localProvider(
  scope: Construct,
  { url, token }: Extract<Environment['provider'], { kind: 'local' }>,
  place: FunctionPlace,
): string {
  const forward = makeFunction(scope, 'LocalProvider', place, {
    bundle: 'forward',
    description: 'Forwards to the local ParallelCluster provider',
    timeout: Duration.seconds(30),
    statements: [],
    environment: { PROVIDER_URL: url, PROVIDER_TOKEN: token },
  })
  return forward.functionArn
}
