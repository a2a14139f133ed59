// What a deletion left behind, looked for by the kinds of resources that a cluster's stack makes, until it is gone.
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  EC2Client,
  type EC2ClientConfig,
} from '@aws-sdk/client-ec2'
import { DescribeAccessPointsCommand, EFSClient } from '@aws-sdk/client-efs'
import { GetPolicyCommand, IAMClient } from '@aws-sdk/client-iam'
import type { Cloud } from '../core/cloud.ts'
import { isNamed, sending } from './errors.ts'

type Config = Pick<EC2ClientConfig, 'maxAttempts' | 'requestHandler'>
type Ids = (string | undefined)[]

export function remaining(config: Config): Pick<Cloud, 'listRemaining'> {
  const ec2 = new EC2Client(config)
  const efs = new EFSClient(config)
  const iam = new IAMClient(config)
  const logs = new CloudWatchLogsClient(config)

  // By a filter: an id that is not there is no error then.
  const by = (Name: string, Values: string[]) => ({ Filters: [{ Name, Values }] })

  // A rule goes with its group at the latest.
  async function rules(ids: string[]): Promise<Ids> {
    const asked = new DescribeSecurityGroupRulesCommand(by('security-group-rule-id', ids))
    const { SecurityGroupRules = [] } = await sending(ec2.send(asked))
    return SecurityGroupRules.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId)
  }

  async function accessPoint(AccessPointId: string): Promise<boolean> {
    const { AccessPoints = [] } = await sending(efs.send(new DescribeAccessPointsCommand({ AccessPointId })))
    return AccessPoints.some(({ LifeCycleState }) => LifeCycleState !== 'deleted')
  }

  async function policy(PolicyArn: string): Promise<boolean> {
    const { Policy } = await sending(iam.send(new GetPolicyCommand({ PolicyArn })))
    return Policy !== undefined
  }

  async function logGroup(name: string): Promise<boolean> {
    const asked = new DescribeLogGroupsCommand({ logGroupNamePrefix: name })
    const { logGroups = [] } = await sending(logs.send(asked))
    return logGroups.some(({ logGroupName }) => logGroupName === name)
  }

  /** Which of these are there, by their type. */
  const looks: Record<string, (ids: string[]) => Promise<Ids>> = {
    async 'AWS::EC2::Subnet'(ids) {
      const { Subnets = [] } = await sending(ec2.send(new DescribeSubnetsCommand(by('subnet-id', ids))))
      return Subnets.map(({ SubnetId }) => SubnetId)
    },
    async 'AWS::EC2::SubnetRouteTableAssociation'(ids) {
      const asked = new DescribeRouteTablesCommand(by('association.route-table-association-id', ids))
      const { RouteTables = [] } = await sending(ec2.send(asked))
      return RouteTables.flatMap(({ Associations = [] }) =>
        Associations.map(({ RouteTableAssociationId }) => RouteTableAssociationId),
      )
    },
    async 'AWS::EC2::SecurityGroup'(ids) {
      const asked = new DescribeSecurityGroupsCommand(by('group-id', ids))
      const { SecurityGroups = [] } = await sending(ec2.send(asked))
      return SecurityGroups.map(({ GroupId }) => GroupId)
    },
    'AWS::EC2::SecurityGroupIngress': rules,
    'AWS::EC2::SecurityGroupEgress': rules,
    'AWS::EFS::AccessPoint': oneByOne(accessPoint),
    'AWS::IAM::ManagedPolicy': oneByOne(policy),
    'AWS::Logs::LogGroup': oneByOne(logGroup),
  }

  return {
    async listRemaining(leftovers) {
      const there = new Map<string, Ids>()
      for (const type of new Set(leftovers.map((one) => one.type))) {
        const ids = leftovers.filter((one) => one.type === type).map(({ physicalId }) => physicalId)
        there.set(type, (await looks[type]?.(ids)) ?? ids)
      }
      return leftovers.filter(({ type, physicalId }) => there.get(type)?.includes(physicalId))
    },
  }
}

// What each service calls a thing that is not there.
const gone = ['AccessPointNotFound', 'NoSuchEntityException']

const oneByOne =
  (isThere: (id: string) => Promise<boolean>) =>
  async (ids: string[]): Promise<Ids> => {
    const found: Ids = []
    for (const id of ids)
      try {
        if (await isThere(id)) found.push(id)
      } catch (error) {
        if (!isNamed(error, ...gone)) throw error
      }
    return found
  }
