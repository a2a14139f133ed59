// What stands behind Custom::PclusterCluster: the provider that AWS publishes, or the local one.
import { join } from 'node:path'
import { CfnStack, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { Architecture, Code, Function as LambdaFn, Runtime } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { Environment } from './environment.ts'
import { accept } from './nag.ts'

/** The service token of the environment's provider. */
export function providerServiceToken(
  scope: Construct,
  { provider, logRetentionDays }: Pick<Environment, 'provider' | 'logRetentionDays'>,
  bundles: string,
): string {
  return provider.kind === 'parallelcluster'
    ? parallelClusterProvider(scope, provider.version)
    : localProvider(scope, provider, bundles, logRetentionDays)
}

// AWS ParallelCluster user guide, "AWS CloudFormation custom resource".
function parallelClusterProvider(scope: Construct, version: string): string {
  const { region, urlSuffix } = Stack.of(scope)
  const stack = new CfnStack(scope, 'PclusterProvider', {
    templateUrl: `https://${region}-aws-parallelcluster.s3.${region}.${urlSuffix}/parallelcluster/${version}/templates/custom_resource/cluster.yaml`,
  })
  return stack.getAtt('Outputs.ServiceToken').toString()
}

function localProvider(
  scope: Construct,
  { url, token }: Extract<Environment['provider'], { kind: 'local' }>,
  bundles: string,
  logRetentionDays: number,
): string {
  const forward = new LambdaFn(scope, 'LocalProvider', {
    description: 'Forwards to the local ParallelCluster provider',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    timeout: Duration.seconds(30),
    handler: 'index.handler',
    code: Code.fromAsset(join(bundles, 'forward')),
    logGroup: new LogGroup(scope, 'LocalProviderLog', {
      retention: logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    }),
    environment: { PROVIDER_URL: url, PROVIDER_TOKEN: token },
  })
  accept(
    forward,
    'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    'It is on a laptop only, and writes its log.',
  )
  return forward.functionArn
}
