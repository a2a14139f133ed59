// The identity provider's keys on their way to the clusters: a function that fetches them, which has a way out because
// it is in no VPC, and the bucket that head nodes, which have none, take them from.
import { Duration, Stack } from 'aws-cdk-lib'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import type { IRole } from 'aws-cdk-lib/aws-iam'
import type { Function as LambdaFn } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { Site } from '../core/site.ts'
import { slurmRestPort } from '../core/slurm-rest.ts'
import type { Environment } from './environment.ts'
import { type FunctionPlace, makeFunction } from './function.ts'
import { keyBucket, writtenBy } from './key-bucket.ts'
import { keyStatements } from './permissions.ts'
import { whenDeployed } from './when-deployed.ts'

type Props = FunctionPlace &
  Pick<Environment, 'tlsOnly' | 'retainData'> & { identity: NonNullable<Environment['identity']> }

const key = 'jwks.json'

export class IdentityKeys extends Construct {
  readonly slurmRest: NonNullable<Site['slurmRest']>
  readonly function: LambdaFn

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id)
    const { identity } = props
    const bucket = keyBucket(this, 'Bucket', props)
    this.function = makeFunction(this, 'Fetch', props, {
      bundle: 'jwks',
      description: "Brings the identity provider's keys to S3",
      timeout: Duration.minutes(1),
      statements: keyStatements(bucket.bucketArn, key),
      environment: { JWKS_URL: identity.jwksUrl, JWKS_BUCKET: bucket.bucketName, JWKS_KEY: key },
    })
    writtenBy(bucket, this.function.role as IRole)
    const targets = [new LambdaFunction(this.function, { retryAttempts: 0 })]
    new Rule(this, 'EveryFiveMinutes', {
      description: "Looks whether the identity provider's keys have changed",
      schedule: Schedule.rate(Duration.minutes(5)),
      targets,
    })
    new Rule(this, 'Deployed', {
      description: "Brings the identity provider's first keys",
      eventPattern: whenDeployed(Stack.of(this)),
      targets,
    })
    this.slurmRest = {
      port: slurmRestPort,
      userClaimField: identity.userClaimField,
      jwks: { bucket: bucket.bucketName, key },
    }
  }
}
