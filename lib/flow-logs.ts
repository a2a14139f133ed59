// Who spoke to whom in the private VPC, and who was refused.
import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import { CfnFlowLog } from 'aws-cdk-lib/aws-ec2'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { withKey } from './encryption.ts'

type Props = {
  vpcId: string
  traffic: 'ALL' | 'ACCEPT' | 'REJECT'
  logRetentionDays: number
  key?: IKey
}

export class FlowLogs extends Construct {
  constructor(scope: Construct, id: string, { vpcId, traffic, logRetentionDays, key }: Props) {
    super(scope, id)
    const logGroup = new LogGroup(this, 'Log', {
      retention: logRetentionDays,
      ...withKey('encryptionKey', key),
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const { account } = Stack.of(this)
    const role = new Role(this, 'Role', {
      // Not for a flow log of somebody else's (VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs").
      assumedBy: new ServicePrincipal('vpc-flow-logs.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
      description: 'VPC flow logs: write to their log group',
    })
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
        resources: [logGroup.logGroupArn],
      }),
    )
    new CfnFlowLog(this, 'Vpc', {
      resourceType: 'VPC',
      resourceId: vpcId,
      trafficType: traffic,
      logDestinationType: 'cloud-watch-logs',
      logGroupName: logGroup.logGroupName,
      deliverLogsPermissionArn: role.roleArn,
    }).node.addDependency(role)
  }
}
