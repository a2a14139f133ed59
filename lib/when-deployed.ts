// CloudFormation's event that a stack of the app has been deployed.
import type { Stack } from 'aws-cdk-lib'
import type { EventPattern } from 'aws-cdk-lib/aws-events'

export const whenDeployed = ({ partition, region, account, stackName }: Stack): EventPattern => ({
  source: ['aws.cloudformation'],
  detailType: ['CloudFormation Stack Status Change'],
  detail: {
    'stack-id': [{ prefix: `arn:${partition}:cloudformation:${region}:${account}:stack/${stackName}/` }],
    'status-details': { status: ['CREATE_COMPLETE', 'UPDATE_COMPLETE'] },
  },
})
