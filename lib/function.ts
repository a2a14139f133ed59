// A function of ours: a log group that expires, and a role of its own that holds only its calls.
import { join } from 'node:path'
import { type Duration, IgnoreMode, RemovalPolicy } from 'aws-cdk-lib'
import { Platform } from 'aws-cdk-lib/aws-ecr-assets'
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import {
  Architecture,
  Code,
  DockerImageCode,
  DockerImageFunction,
  type FunctionOptions,
  Function as LambdaFn,
  Runtime,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { withKey } from './encryption.ts'
import type { Environment } from './environment.ts'

/** What all functions of an environment share. */
export type FunctionPlace = Pick<Environment, 'logRetentionDays' | 'packaging'> & {
  /** The folder of the bundles, one subfolder per function. */
  bundles: string
  key?: IKey
}

type OneFunction = FunctionOptions & {
  /** The bundle's subfolder. */
  bundle: string
  timeout: Duration
  statements: PolicyStatement[]
}

export function makeFunction(
  scope: Construct,
  id: string,
  { bundles, packaging, logRetentionDays, key }: FunctionPlace,
  { bundle, statements, ...options }: OneFunction,
): LambdaFn {
  const logGroup = new LogGroup(scope, `${id}Log`, {
    retention: logRetentionDays,
    ...withKey('encryptionKey', key),
    removalPolicy: RemovalPolicy.DESTROY,
  })
  const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
  logGroup.grantWrite(role)
  for (const statement of statements) role.addToPolicy(statement)
  const all: FunctionOptions = {
    architecture: Architecture.ARM_64,
    // Memory buys CPU, and so much is one whole vCPU (Lambda's developer guide, "Configure Lambda function memory"): a
    // cold start is mostly parsing code.
    memorySize: 1769,
    role,
    logGroup,
    ...options,
  }
  return packaging === 'image'
    ? new DockerImageFunction(scope, id, { ...all, code: imageOf(bundles, bundle) })
    : new LambdaFn(scope, id, {
        ...all,
        runtime: Runtime.NODEJS_24_X,
        handler: 'index.handler',
        code: Code.fromAsset(join(bundles, bundle)),
      })
}

/** The function's own bundle and no other's, so that an image changes with its function only. */
const imageOf = (bundles: string, bundle: string): DockerImageCode =>
  DockerImageCode.fromImageAsset(bundles, {
    exclude: ['**', '!Dockerfile', `!${bundle}/**`],
    ignoreMode: IgnoreMode.DOCKER,
    buildArgs: { FUNCTION: bundle },
    platform: Platform.LINUX_ARM64,
  })
