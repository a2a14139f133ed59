// The way to the Main VPC, the record of the traffic, and the provider's rights to data repositories.
import { describe, expect, it } from 'vitest'
import { parseEnvironment } from '../../lib/environment.ts'
import { deploy } from './deployed.ts'
import { evaluate, type Statement } from './iam.ts'

const main = { vpcId: 'vpc-0aaaaaaaaaaaaaaaa', ranges: ['10.0.0.0/16', '172.16.0.0/12'] }
const withNetwork = (network: object) =>
  deploy('example', ({ name, ...same }) =>
    parseEnvironment(name, { ...same, network: { ...same.network, ...network } }),
  )

describe('peering with a Main VPC', () => {
  it('has a route from every table of ours to each of its ranges, and back where the table is ours', () => {
    const deployed = withNetwork({ peering: [{ ...main, routeTableIds: ['rtb-0aaaaaaaaaaaaaaaa'] }] })
    const { all, one, environment } = deployed
    const { VpcId, RouteTableIds } = all('AWS::EC2::VPCEndpoint')[0]?.Properties ?? {}
    const { id, Properties } = one('AWS::EC2::VPCPeeringConnection')
    expect(Properties).toMatchObject({ VpcId, PeerVpcId: main.vpcId })
    const routes = all('AWS::EC2::Route').map(({ Properties: route }) => {
      expect(route.VpcPeeringConnectionId).toContain(id)
      return `${route.RouteTableId} ${route.DestinationCidrBlock}`
    })
    const there = RouteTableIds.flatMap((table: string) => main.ranges.map((range) => `${table} ${range}`))
    expect(routes.sort()).toEqual([...there, `rtb-0aaaaaaaaaaaaaaaa ${environment.network.vpcCidr}`].sort())
  })

  it('writes out the route of the other side where the table is not ours', () => {
    const peer = { ...main, account: '210987654321', acceptRoleArn: 'arn:aws:iam::210987654321:role/accept' }
    const { assembly, one } = withNetwork({ peering: [peer] })
    expect(one('AWS::EC2::VPCPeeringConnection').Properties).toMatchObject({
      PeerOwnerId: '210987654321',
      PeerRoleArn: 'arn:aws:iam::210987654321:role/accept',
    })
    const { Outputs } = assembly.getStackByName('hpc-provisioner-example-network').template
    const output = Object.values(Outputs as Record<string, { Description?: string; Value: unknown }>).find(
      ({ Description }) => Description?.includes(main.vpcId),
    )
    expect(JSON.stringify(output?.Value)).toContain('10.64.0.0/16 via ')
  })

  it('is left out, with the flow logs, of the local environment, whose emulator has neither', () => {
    const local = deploy('local')
    for (const type of ['VPCPeeringConnection', 'FlowLog', 'Route'])
      expect([type, local.all(`AWS::EC2::${type}`)]).toEqual([type, []])
  })
})

describe('flow logs', () => {
  const { one, all, account, environment } = withNetwork({ flowLogs: 'REJECT' })

  it('are of the whole VPC, kept as long as all logs', () => {
    const { Properties } = one('AWS::EC2::FlowLog')
    expect(Properties).toMatchObject({ ResourceType: 'VPC', TrafficType: 'REJECT' })
    expect(Properties.ResourceId).toBe(all('AWS::EC2::VPCEndpoint')[0]?.Properties.VpcId)
    const group = one('AWS::Logs::LogGroup', 'FlowLogs/Log')
    expect(Properties.LogGroupName).toContain(group.id)
    expect(group.Properties.RetentionInDays).toBe(environment.logRetentionDays)
  })

  it('are written by a role of their own, which may write them and nothing else', () => {
    const role = one('AWS::IAM::Role', 'FlowLogs/Role')
    const trust = role.Properties.AssumeRolePolicyDocument.Statement as Statement[]
    expect(trust).toEqual([
      expect.objectContaining({
        Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    ])
    const { Statement } = one('AWS::IAM::Policy', 'FlowLogs/Role/DefaultPolicy').Properties.PolicyDocument
    const group = one('AWS::Logs::LogGroup', 'FlowLogs/Log')
    const may = (action: string, name: string) =>
      evaluate(Statement, { action, resource: `arn:aws:logs:eu-west-1:${account}:log-group:${name}:*` })
    const own = `hpc-provisioner-example-network-${group.id}-ABCDEFGHIJKL`
    expect(may('logs:PutLogEvents', own)).toBe('allowed')
    expect(may('logs:PutLogEvents', '/aws/lambda/of-someone-else')).toBe('silent')
    expect(may('logs:DeleteLogGroup', own)).toBe('silent')
  })
})

describe('the provider', () => {
  const { one, all, account } = deploy('example')
  const policy = one('AWS::IAM::ManagedPolicy', 'DataRepositories')
  const { Statement: statements } = policy.Properties.PolicyDocument
  const [publicBucket, privateBucket] = all('AWS::S3::Bucket').map(({ id }) =>
    `hpc-provisioner-example-storage-${id}-ABCDEFGHIJKL`.toLowerCase().slice(0, 63),
  )
  const may = (action: string, resource: string) => evaluate(statements, { action, resource }) === 'allowed'

  it('gets our policy for data repositories, where ParallelCluster looks for policies', () => {
    const { Parameters } = one('AWS::CloudFormation::Stack', 'PclusterProvider').Properties
    expect(Parameters.AdditionalIamPolicies).toContain(policy.id)
    expect(policy.Properties.Path).toBe('/parallelcluster/')
  })

  it('may make the role by which Lustre reaches the buckets, and no other', () => {
    const role = (path: string) => `arn:aws:iam::${account}:role/${path}`
    const lustre = role(
      'aws-service-role/s3.data-source.lustre.fsx.amazonaws.com/AWSServiceRoleForFSxS3Access_fs-1',
    )
    for (const action of ['iam:CreateServiceLinkedRole', 'iam:AttachRolePolicy', 'iam:PutRolePolicy'])
      expect([action, may(action, lustre), may(action, role('Administrator'))]).toEqual([action, true, false])
  })

  it('reads our two buckets, and writes to the private one only', () => {
    for (const bucket of [publicBucket, privateBucket]) {
      expect(may('s3:GetBucketLocation', `arn:aws:s3:::${bucket}`)).toBe(true)
      expect(may('s3:ListBucket', `arn:aws:s3:::${bucket}`)).toBe(true)
    }
    expect(may('s3:PutObject', `arn:aws:s3:::${privateBucket}/lab/project/file`)).toBe(true)
    expect(may('s3:PutObject', `arn:aws:s3:::${publicBucket}/file`)).toBe(false)
    expect(may('s3:ListBucket', 'arn:aws:s3:::of-someone-else')).toBe(false)
    expect(may('s3:PutBucketPolicy', `arn:aws:s3:::${privateBucket}`)).toBe(false)
  })
})
