// What deletions left, as the service of each kind tells of it.
import * as cloudWatchLogs from '@aws-sdk/client-cloudwatch-logs'
import * as ec2 from '@aws-sdk/client-ec2'
import * as efs from '@aws-sdk/client-efs'
import * as iam from '@aws-sdk/client-iam'
import { type AwsStub, mockClient } from 'aws-sdk-client-mock'
import { named } from './fake-aws.ts'

// biome-ignore lint/suspicious/noExplicitAny: the mocks of different clients share no other type.
type Stub = AwsStub<any, any, any>

export function fakeLeftovers(leftovers: { physicalId: string }[], network: Stub, logs: Stub): Stub[] {
  const isLeft = (id: string) => leftovers.some(({ physicalId }) => physicalId === id)
  const leftIn = (Filters: { Values: string[] }[]) => (Filters[0]?.Values ?? []).filter(isLeft)
  const homes = mockClient(efs.EFSClient)
  const policies = mockClient(iam.IAMClient)

  network.on(ec2.DescribeSubnetsCommand).callsFake(async ({ Filters }) => ({
    Subnets: leftIn(Filters).map((SubnetId) => ({ SubnetId })),
  }))
  network.on(ec2.DescribeSecurityGroupsCommand).callsFake(async ({ Filters }) => ({
    SecurityGroups: leftIn(Filters).map((GroupId) => ({ GroupId })),
  }))
  network.on(ec2.DescribeSecurityGroupRulesCommand).callsFake(async ({ Filters }) => ({
    SecurityGroupRules: leftIn(Filters).map((SecurityGroupRuleId) => ({ SecurityGroupRuleId })),
  }))
  // A table tells of all its associations.
  network.on(ec2.DescribeRouteTablesCommand).callsFake(async ({ Filters }) => ({
    RouteTables: leftIn(Filters).map((one) => ({
      Associations: ['rtbassoc-of-another', one].map((RouteTableAssociationId) => ({
        RouteTableAssociationId,
      })),
    })),
  }))
  homes.on(efs.DescribeAccessPointsCommand).callsFake(async ({ AccessPointId }) => {
    if (!isLeft(AccessPointId)) throw named('AccessPointNotFound')
    return { AccessPoints: [{ AccessPointId, LifeCycleState: 'available' }] }
  })
  policies.on(iam.GetPolicyCommand).callsFake(async ({ PolicyArn }) => {
    if (!isLeft(PolicyArn)) throw named('NoSuchEntityException')
    return { Policy: { Arn: PolicyArn } }
  })
  // By a prefix, which others may begin with.
  logs.on(cloudWatchLogs.DescribeLogGroupsCommand).callsFake(async ({ logGroupNamePrefix: prefix }) => ({
    logGroups: [...(isLeft(prefix) ? [prefix] : []), `${prefix}-of-another`].map((logGroupName) => ({
      logGroupName,
    })),
  }))
  return [homes, policies]
}
