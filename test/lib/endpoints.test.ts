// The ways from the private VPC to AWS: each that is needed is there, and none leads anywhere else.
import { describe, expect, it } from 'vitest'
import { clusterName } from '../../core/names.ts'
import { endpointNames, interfaceEndpoints } from '../../lib/endpoints.ts'
import { Environment } from '../../lib/environment.ts'
import { deploy } from './deployed.ts'
import { evaluate, type Request, type Statement } from './iam.ts'

const example = deploy('example')
const { all, one, environment, account } = example
const elsewhere = '210987654321'
const byService = (deployed = example) =>
  new Map(
    deployed
      .all('AWS::EC2::VPCEndpoint')
      .map(({ Properties }) => [
        Properties.ServiceName.replace(`com.amazonaws.${deployed.environment.region}.`, ''),
        Properties,
      ]),
  )
const endpoints = byService()
const withNetwork = (network: object) =>
  byService(
    deploy('example', (same) => Environment.parse({ ...same, network: { ...same.network, ...network } })),
  )

describe('each need of nodes and functions', () => {
  // ParallelCluster user guide, "AWS ParallelCluster in a single subnet with no internet access".
  it.each(['logs', 'cloudformation', 'ec2', 's3', 'dynamodb'])(
    'has an endpoint: %s, of ParallelCluster',
    (name) => {
      expect([...endpoints.keys()]).toContain(name)
    },
  )

  // What the configuration has that calls them: the CloudWatch agent, EFS and Lustre storage, the database's password.
  it.each(['monitoring', 'elasticfilesystem', 'fsx', 'secretsmanager', 'sts', 'ssm', 'ssmmessages'])(
    'has an endpoint: %s',
    (name) => {
      expect([...endpoints.keys()]).toContain(name)
    },
  )

  it('is said beside its endpoint', () => {
    expect([...endpoints.keys()].sort()).toEqual(
      ['dynamodb', 's3', ...endpointNames.filter((name) => name !== 'execute-api')].sort(),
    )
    for (const reason of Object.values(interfaceEndpoints)) expect(reason.length).toBeGreaterThan(20)
  })
})

describe('an interface endpoint', () => {
  const interfaces = [...endpoints].filter(([, { VpcEndpointType }]) => VpcEndpointType === 'Interface')

  it('answers by the service’s own name, in two zones', () => {
    const subnets = all('AWS::EC2::Subnet').map(({ Properties }) => Properties.AvailabilityZone)
    expect(subnets).toEqual(environment.network.zones)
    for (const [name, { PrivateDnsEnabled, SubnetIds }] of interfaces)
      expect([name, PrivateDnsEnabled, new Set(SubnetIds).size]).toEqual([name, true, 2])
  })

  it('is in the zones that its service has, where the environment says so', () => {
    const fsx = withNetwork({ endpointZones: { fsx: ['eu-west-1b'] } }).get('fsx')
    expect(fsx?.SubnetIds).toEqual([endpoints.get('fsx')?.SubnetIds[1]])
  })

  it('is left out where nobody needs it', () => {
    const left = withNetwork({ leaveOutEndpoints: ['ssm', 'fsx'] })
    expect([left.has('ssm'), left.has('fsx'), left.has('logs')]).toEqual([false, false, true])
  })

  it('takes HTTPS from clusters and service subnets, and calls nobody', () => {
    const group = one('AWS::EC2::SecurityGroup', 'Endpoints/Group')
    for (const [name, { SecurityGroupIds }] of interfaces)
      expect([name, SecurityGroupIds]).toEqual([name, [expect.stringContaining('sg-')]])
    expect(new Set(interfaces.flatMap(([, { SecurityGroupIds }]) => SecurityGroupIds)).size).toBe(1)
    const ingress = group.Properties.SecurityGroupIngress as { CidrIp: string; FromPort: number }[]
    expect(ingress.map(({ CidrIp, FromPort }) => [CidrIp, FromPort])).toEqual(
      [environment.network.clusterRange, '10.64.0.0/24', '10.64.1.0/24'].map((range) => [range, 443]),
    )
    // CDK's way to write a group that lets nothing out: a rule for no traffic at all.
    expect(group.Properties.SecurityGroupEgress).toEqual([
      expect.objectContaining({ CidrIp: '255.255.255.255/32', IpProtocol: 'icmp' }),
    ])
  })

  it.each(interfaces.map(([name]) => name))(
    'of %s serves this account’s principals and no others',
    (name) => {
      const { Statement: statements } = endpoints.get(name)?.PolicyDocument ?? {}
      const by = (principal: string) =>
        evaluate(statements, {
          action: `${name}:Anything`,
          resource: `arn:aws:${name}:eu-west-1:${account}:anything`,
          context: { 'aws:PrincipalAccount': principal },
        })
      expect([by(account), by(elsewhere)]).toEqual(['allowed', 'silent'])
    },
  )
})

describe('the endpoint of CloudFormation', () => {
  // cfn-init and cfn-hup sign with the instance's identity document, so the request has no key of a principal.
  const { Statement: statements } = endpoints.get('cloudformation')?.PolicyDocument ?? {}
  const signedByInstance = (action: string, stack: string, owner = account) =>
    evaluate(statements, {
      action: `cloudformation:${action}`,
      resource: `arn:aws:cloudformation:eu-west-1:${owner}:stack/${stack}`,
      context: {},
    })
  const cluster = `${clusterName({ virtualLab: 'lab', project: 'mine' })}/*`

  it.each(['DescribeStackResource', 'SignalResource'])('lets a node that sets itself up %s', (action) => {
    expect(signedByInstance(action, cluster)).toBe('allowed')
  })

  it('lets it do nothing else, nor to another stack', () => {
    expect(signedByInstance('DescribeStacks', cluster)).toBe('silent')
    expect(signedByInstance('GetTemplate', cluster)).toBe('silent')
    expect(signedByInstance('DescribeStackResource', 'CDKToolkit/*')).toBe('silent')
    expect(signedByInstance('SignalResource', cluster, elsewhere)).toBe('silent')
  })

  it('is the only one that asks for no principal', () => {
    const open = [...endpoints].filter(([, { PolicyDocument, VpcEndpointType }]) => {
      const policy: Statement[] = PolicyDocument.Statement
      return VpcEndpointType === 'Interface' && policy.some(({ Condition }) => !Condition)
    })
    expect(open.map(([name]) => name)).toEqual(['cloudformation'])
  })
})

describe('the S3 gateway', () => {
  const { Statement: statements } = endpoints.get('s3')?.PolicyDocument ?? {}
  const s3 = (action: string, bucket: string, owner: string, by?: string, policy: Statement[] = statements) =>
    evaluate(policy, {
      action: `s3:${action}`,
      resource: `arn:aws:s3:::${bucket}`,
      context: { 'aws:ResourceAccount': owner, ...(by ? { 'aws:PrincipalAccount': by } : {}) },
    })
  const aws = '999999999999'

  it.each(['PutObject', 'DeleteObject', 'CreateBucket', 'PutBucketPolicy', 'GetObject', 'ListBucket'])(
    'lets nobody %s a foreign bucket, whoever asks',
    (action) => {
      for (const by of [account, elsewhere, undefined])
        expect([by, s3(action, 'of-someone-else/loot', elsewhere, by)]).toEqual([by, 'silent'])
    },
  )

  it('lets nobody write to a bucket of ours with credentials that were carried in', () => {
    expect(s3('PutObject', 'ours/object', account, elsewhere)).toBe('silent')
    expect(s3('GetObject', 'ours/object', account, elsewhere)).toBe('silent')
  })

  it.each<[string, string, string]>([
    ['GetObject', 'hpc-provisioner-privatedata/lab/project/file', 'the projects’ data'],
    ['PutObject', 'hpc-provisioner-privatedata/lab/project/file', 'the projects’ data'],
    ['ListBucket', 'hpc-provisioner-publicdata', 'the data of all'],
    ['GetObject', `cdk-hnb659fds-assets-${account}-eu-west-1/users.sh`, 'the node scripts'],
    [
      'GetObject',
      'parallelcluster-0123456789abcdef-v1-do-not-delete/x',
      'ParallelCluster’s own of this account',
    ],
  ])('lets nodes %s %s: %s', (action, bucket) => {
    expect(s3(action, bucket, account, account)).toBe('allowed')
  })

  it('lets nodes read what ParallelCluster and Amazon Linux publish in the region, and write nothing there', () => {
    for (const bucket of ['eu-west-1-aws-parallelcluster/x', 'al2023-repos-eu-west-1-de612dc2/x']) {
      expect([bucket, s3('GetObject', bucket, aws, account)]).toEqual([bucket, 'allowed'])
      expect([bucket, s3('PutObject', bucket, aws, account)]).toEqual([bucket, 'silent'])
    }
    expect(s3('GetObject', 'us-east-1-aws-parallelcluster/x', aws, account)).toBe('silent')
  })

  it('lets nodes tell CloudFormation that they are ready, by an address that CloudFormation signed', () => {
    expect(s3('PutObject', 'cloudformation-waitcondition-eu-west-1/arn', aws)).toBe('allowed')
    expect(s3('GetObject', 'cloudformation-waitcondition-eu-west-1/arn', aws)).toBe('silent')
  })

  it('lets nodes read, and only read, the buckets elsewhere that the environment names', () => {
    const { Statement: named } =
      withNetwork({ bucketsElsewhere: ['shared-data'] }).get('s3')?.PolicyDocument ?? {}
    const may = (action: string, bucket: string) => s3(action, bucket, elsewhere, account, named)
    expect(may('GetObject', 'shared-data/x')).toBe('allowed')
    expect(may('ListBucket', 'shared-data')).toBe('allowed')
    expect(may('PutObject', 'shared-data/x')).toBe('silent')
    expect(may('GetObject', 'of-someone-else/x')).toBe('silent')
  })
})

describe('the DynamoDB gateway', () => {
  const { Statement: statements } = endpoints.get('dynamodb')?.PolicyDocument ?? {}
  const may = (table: string, owner = account, by = account) => {
    const request: Request = {
      action: 'dynamodb:PutItem',
      resource: `arn:aws:dynamodb:eu-west-1:${owner}:table/${table}`,
      context: { 'aws:PrincipalAccount': by },
    }
    return evaluate(statements, request)
  }

  it('leads nodes to ParallelCluster’s tables, and not to the service’s own or another account’s', () => {
    expect(may('parallelcluster-slurm-hpc-a')).toBe('allowed')
    expect(may(one('AWS::DynamoDB::GlobalTable', 'Tables/Clusters').id)).toBe('silent')
    expect(may('parallelcluster-slurm-hpc-a', elsewhere)).toBe('silent')
    expect(may('parallelcluster-slurm-hpc-a', account, elsewhere)).toBe('silent')
  })
})
