// What preflight may do: look.
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { providerTemplate } from '../core/preflight/questions.ts'
import { quotas } from '../core/preflight/quotas.ts'
import type { Site } from '../core/site.ts'
import { type At, allow, arn, tableUse, withTheKey } from './permissions.ts'

/** What of the account preflight looks at. */
export type Inspected = Pick<Site, 'provider' | 'storage' | 'region'>

/** Reads only. */
export const preflightStatements = (at: At, inspected: Inspected): PolicyStatement[] => {
  const { bucket, key } = providerTemplate(inspected)
  return [
    allow(['dynamodb:Scan'], [at.tables.slots.tableArn]),
    // EC2's Describe calls know no resources (Service Authorization Reference, "Amazon EC2").
    allow(
      [
        'ec2:DescribeVpcs',
        'ec2:DescribeVpcAttribute',
        'ec2:DescribeVpcEndpoints',
        'ec2:DescribeVpcPeeringConnections',
        'ec2:DescribeRouteTables',
        'ec2:DescribeSubnets',
        'ec2:DescribeImages',
      ],
      ['*'],
    ),
    allow(
      ['elasticfilesystem:DescribeMountTargets', 'elasticfilesystem:DescribeAccessPoints'],
      [arn(at, 'elasticfilesystem', `file-system/${inspected.storage.fileSystemId}`)],
    ),
    // How many there are of all of them.
    allow(['fsx:DescribeFileSystems'], [arn(at, 'fsx', 'file-system/*')]),
    allow(['cloudformation:ListStacks'], ['*']),
    allow(
      ['servicequotas:GetServiceQuota'],
      Object.values(quotas).map(({ service, code }) => arn(at, 'servicequotas', `${service}/${code}`)),
    ),
    // Knows no resources (Service Authorization Reference, "Service Quotas").
    allow(['servicequotas:GetAWSDefaultServiceQuota'], ['*']),
    allow(['lambda:GetFunctionConfiguration'], [inspected.provider.serviceToken]),
    allow(['s3:GetObject'], [`arn:${at.stack.partition}:s3:::${bucket}/${key}`]),
    ...withTheKey(at, { dynamodb: tableUse }),
  ]
}
