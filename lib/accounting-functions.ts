// The functions inside the VPC: one changes the accounting database, the other reads it. Each knows its own secrets only.
import { Duration, Stack } from 'aws-cdk-lib'
import { type ISecurityGroup, type IVpc, SubnetType } from 'aws-cdk-lib/aws-ec2'
import type { IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Function as LambdaFn } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { accountingStatements, usageStatements } from './accounting-permissions.ts'
import type { Database } from './accounting-stack.ts'
import { type FunctionPlace, makeFunction } from './function.ts'

type Props = FunctionPlace & {
  vpc: IVpc
  group: ISecurityGroup
  database: Database
  readerSecretArn: string
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

    this.accounting = this.fn('Accounting', props, accountingStatements(at), {
      ...environment,
      ADMIN_SECRET: adminSecretArn,
    })
    this.usage = this.fn('Usage', props, usageStatements(at), environment)
  }

  private fn(
    id: string,
    props: Props,
    statements: PolicyStatement[],
    environment: Record<string, string>,
  ): LambdaFn {
    const { vpc, group } = props
    const fn = makeFunction(this, id, props, {
      bundle: id.toLowerCase(),
      // Less than a pass of the reconciler, which waits for it.
      timeout: Duration.seconds(25),
      statements,
      environment,
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [group],
    })
    // Lambda looks whether the role may make network interfaces when the function is made.
    fn.node.addDependency(fn.role as IRole)
    return fn
  }
}
