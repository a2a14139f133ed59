// The identity provider's keys on their way to the clusters: a function that fetches them, which has a way out because
// it is in no VPC, and the bucket that head nodes, which have none, take them from.
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { AnyPrincipal, Effect, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Function as LambdaFn } from 'aws-cdk-lib/aws-lambda'
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { Site } from '../core/site.ts'
import { slurmRestPort } from '../core/slurm-rest.ts'
import type { Environment } from './environment.ts'
import { type FunctionPlace, makeFunction } from './function.ts'
import { accept } from './nag.ts'
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
    const { identity, tlsOnly, retainData } = props
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      // Public keys; the environment's own key would have to be given to every head node.
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: tlsOnly,
      // Which keys there were is asked when somebody may have used a wrong one.
      versioned: true,
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(365) }],
      removalPolicy: retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    })

    accept(
      bucket,
      'AwsSolutions-S1',
      'Who reads public keys tells nothing; who wrote them is the one function, and versions are kept.',
    )
    this.function = makeFunction(this, 'Fetch', props, {
      bundle: 'jwks',
      description: "Brings the identity provider's keys to S3",
      timeout: Duration.minutes(1),
      statements: keyStatements(bucket.bucketArn, key),
      environment: { JWKS_URL: identity.jwksUrl, JWKS_BUCKET: bucket.bucketName, JWKS_KEY: key },
    })
    const role = this.function.role as IRole
    // AWS tells the role's ARN of its sessions, too; an emulator tells the session's.
    const { partition, account } = Stack.of(this)
    const sessions = `arn:${partition}:sts::${account}:assumed-role/${role.roleName}/*`
    // Who writes this object says who is whom on every cluster: administrators of the account do not.
    bucket.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['s3:PutObject'],
        resources: [bucket.arnForObjects('*')],
        conditions: { ArnNotLike: { 'aws:PrincipalArn': [role.roleArn, sessions] } },
      }),
    )
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
