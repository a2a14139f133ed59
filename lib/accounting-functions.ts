// The functions inside the VPC: one changes the accounting database, the other reads it. Each knows its own secrets only.
import { join } from 'node:path'
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { type ISecurityGroup, type IVpc, SubnetType } from 'aws-cdk-lib/aws-ec2'
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Code, Function as LambdaFn, Runtime } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { Database } from './accounting-stack.ts'
import { accountingStatements, usageStatements } from './permissions.ts'

type Props = {
  vpc: IVpc
  group: ISecurityGroup
  database: Database
  readerSecretArn: string
  bundles: string
  logRetentionDays: number
}

export class AccountingFunctions extends Construct {
  readonly accounting: LambdaFn
  readonly usage: LambdaFn

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id)
    const { database, readerSecretArn } = props
    const { host, port, tls, adminSecretArn } = database
    const at = { stack: Stack.of(this), adminSecretArn, readerSecretArn }
    const environment = {
      DATABASE: Stack.of(this).toJsonString({ host, port, tls }),
      READER_SECRET: readerSecretArn,
    }

    // Less than a pass of the reconciler, which waits for it.
    const seconds = 25
    this.accounting = this.fn('Accounting', 'accounting', seconds, props, accountingStatements(at), {
      ...environment,
      ADMIN_SECRET: adminSecretArn,
    })
    this.usage = this.fn('Usage', 'usage', seconds, props, usageStatements(at), environment)
  }

  private fn(
    id: string,
    bundle: string,
    seconds: number,
    { vpc, group, bundles, logRetentionDays }: Props,
    statements: PolicyStatement[],
    environment: Record<string, string>,
  ): LambdaFn {
    const logGroup = new LogGroup(this, `${id}Log`, {
      retention: logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const role = new Role(this, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    logGroup.grantWrite(role)
    for (const statement of statements) role.addToPolicy(statement)
    const fn = new LambdaFn(this, id, {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 1024,
      timeout: Duration.seconds(seconds),
      handler: 'index.handler',
      code: Code.fromAsset(join(bundles, bundle)),
      role,
      logGroup,
      environment,
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [group],
    })
    // Lambda looks whether the role may make network interfaces when the function is made.
    fn.node.addDependency(role)
    return fn
  }
}
