// A caller for the local environment, in place of the Workflow Service's role: an IAM user with
// just the rights that the Workflow Service needs. Its access key is made outside, since the emulator
// has no such resource. Never part of an AWS environment.
import { Stack, type StackProps } from 'aws-cdk-lib'
import { PolicyStatement, User } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'

export class LocalCallerStack extends Stack {
  constructor(scope: Construct, id: string, { userName, ...props }: StackProps & { userName: string }) {
    super(scope, id, props)
    const user = new User(this, 'Caller', { userName })
    const { partition, region, account } = this
    const allow = (action: string, service: string, resource: string) =>
      user.addToPolicy(
        new PolicyStatement({
          actions: [action],
          resources: [`arn:${partition}:${service}:${region}:${account}:${resource}`],
        }),
      )
    // The API's id is known only once it is deployed, and its own policy lists its callers.
    allow('execute-api:Invoke', 'execute-api', '*')
    allow('secretsmanager:GetSecretValue', 'secretsmanager', 'secret:hpc-provisioner/*')
  }
}
