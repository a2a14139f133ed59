// What each function may do, asked of the policies that it is deployed with.
import { describe, expect, it } from 'vitest'
import { clusterName, jobLogGroupName, keyPairName, secretName, stackName } from '../../core/names.ts'
import { siteOf, statementsOf } from './deployed.ts'
import { account, arn, example, functionRole, physical } from './example-roles.ts'

const { one } = example

const tenant = { virtualLab: 'lab', project: 'provisioner' }
const deployment = { ...tenant, name: clusterName(tenant), deploymentId: '01k0abcdefghjkmnpqrstvwxyz' }
const clusters = arn('dynamodb', `table/${physical('AWS::DynamoDB::GlobalTable', 'Tables/Clusters')}`)
const operations = arn('dynamodb', `table/${physical('AWS::DynamoDB::GlobalTable', 'Tables/Operations')}`)
const slots = arn('dynamodb', `table/${physical('AWS::DynamoDB::GlobalTable', 'Tables/Slots')}`)
const events = arn('dynamodb', `table/${physical('AWS::DynamoDB::GlobalTable', 'Tables/Events')}`)
const audit = arn('dynamodb', `table/${physical('AWS::DynamoDB::GlobalTable', 'Tables/Audit')}`)
const queue = arn('sqs', physical('AWS::SQS::Queue', 'Looks/Looks'))
const secret = arn('secretsmanager', `secret:${secretName(deployment, 'user')}-AbCdEf`)
const keyPair = arn('ec2', `key-pair/${keyPairName(deployment)}`)
const stack = arn('cloudformation', `stack/${stackName(deployment)}/0c5f1d2e-uuid`)
const pclusterStack = arn('cloudformation', `stack/${deployment.name}/0c5f1d2e-uuid`)
const jobLog = arn('logs', `log-group:${jobLogGroupName(deployment)}`)
const fleets = arn('dynamodb', `table/parallelcluster-${deployment.name}`)
const theFleet = { 'dynamodb:LeadingKeys': 'COMPUTE_FLEET' }
const ofACluster = { 'aws:ResourceTag/hpc-provisioner:cluster': deployment.name }
const stackRole = `arn:aws:iam::${account}:role/${physical('AWS::IAM::Role', 'ClusterStackRole')}`

const api = functionRole('Api')
const reconcile = functionRole('Reconcile')
const sweep = functionRole('Sweep')
const byImport = { 'ec2:CreateAction': 'ImportKeyPair' }
const byStackRole = { 'cloudformation:RoleArn': stackRole }
const toCloudFormation = { 'iam:PassedToService': 'cloudformation.amazonaws.com' }

describe('the API function', () => {
  it.each<[string, string, Record<string, string>?]>([
    ['dynamodb:GetItem', clusters],
    ['dynamodb:BatchGetItem', clusters],
    ['dynamodb:BatchGetItem', slots],
    ['dynamodb:Scan', clusters],
    ['dynamodb:Query', `${clusters}/index/byVirtualLab`],
    ['dynamodb:Query', `${clusters}/index/byStatus`],
    ['dynamodb:Query', events],
    ['dynamodb:PutItem', audit],
    ['dynamodb:Query', audit],
    ['dynamodb:Query', `${audit}/index/byCluster`],
    ['dynamodb:PutItem', clusters],
    ['dynamodb:PutItem', slots],
    ['dynamodb:PutItem', events],
    ['dynamodb:UpdateItem', operations],
    ['sqs:SendMessage', queue],
    ['secretsmanager:CreateSecret', secret],
    ['secretsmanager:TagResource', secret],
    ['secretsmanager:DeleteSecret', secret],
    ['ec2:ImportKeyPair', keyPair],
    ['ec2:CreateTags', keyPair, byImport],
    ['ec2:DeleteKeyPair', keyPair],
    ['ec2:DescribeInstanceTypeOfferings', '*'],
  ])('may %s on %s', (action, resource, context) => {
    expect(api(action, resource, context)).toBe(true)
  })

  it.each<[string, string, Record<string, string>?]>([
    ['cloudformation:CreateStack', stack],
    ['cloudformation:UpdateStack', stack],
    ['cloudformation:GetTemplate', stack],
    ['cloudformation:DeleteStack', stack],
    ['cloudformation:DescribeStacks', stack],
    ['iam:PassRole', stackRole, toCloudFormation],
    ['cloudformation:ListStackResources', pclusterStack],
    ['fsx:CreateDataRepositoryTask', arn('fsx', 'file-system/fs-1'), ofACluster],
    ['fsx:CreateDataRepositoryTask', arn('fsx', 'task/task-1')],
    ['fsx:CancelDataRepositoryTask', arn('fsx', 'task/task-1')],
    ['fsx:DescribeDataRepositoryTasks', '*'],
    ['dynamodb:GetItem', fleets, theFleet],
    ['dynamodb:UpdateItem', fleets, theFleet],
    ['secretsmanager:GetSecretValue', secret],
    ['secretsmanager:PutSecretValue', secret],
    ['secretsmanager:CreateSecret', arn('secretsmanager', 'secret:of-someone-else-AbCdEf')],
    ['secretsmanager:DeleteSecret', arn('secretsmanager', 'secret:of-someone-else-AbCdEf')],
    ['dynamodb:DeleteItem', clusters],
    ['dynamodb:DeleteItem', slots],
    ['dynamodb:DeleteItem', events],
    ['dynamodb:UpdateItem', clusters],
    ['dynamodb:DeleteItem', operations],
    ['sqs:ReceiveMessage', queue],
    ['ec2:DeleteKeyPair', arn('ec2', 'key-pair/of-someone-else')],
    ['ec2:CreateTags', keyPair],
  ])('may not %s on %s', (action, resource, context) => {
    expect(api(action, resource, context)).toBe(false)
  })
})

describe('the reconcile function', () => {
  it.each<[string, string, Record<string, string>?]>([
    ['cloudformation:CreateStack', stack, byStackRole],
    ['cloudformation:TagResource', stack],
    ['cloudformation:UpdateStack', stack, byStackRole],
    ['cloudformation:GetTemplate', stack],
    ['cloudformation:DeleteStack', stack],
    ['cloudformation:DescribeStacks', stack],
    ['cloudformation:DescribeStackEvents', stack],
    ['cloudformation:DescribeStacks', pclusterStack],
    ['iam:PassRole', stackRole, toCloudFormation],
    ['dynamodb:GetItem', clusters],
    ['dynamodb:PutItem', clusters],
    ['dynamodb:DeleteItem', clusters],
    ['dynamodb:DeleteItem', slots],
    ['dynamodb:PutItem', events],
    ['dynamodb:Query', events],
    ['sqs:SendMessage', queue],
    ['sqs:ReceiveMessage', queue],
    ['sqs:DeleteMessage', queue],
    ['secretsmanager:DeleteSecret', secret],
    ['secretsmanager:DescribeSecret', secret],
    ['ec2:DeleteKeyPair', keyPair],
    ['ec2:ImportKeyPair', keyPair],
    ['ec2:CreateTags', keyPair, byImport],
    ['ec2:DescribeInstanceTypeOfferings', '*'],
    ['logs:GetLogEvents', `${jobLog}:log-stream:activity`],
    ['ec2:DescribeKeyPairs', '*'],
    ['ec2:DescribeSubnets', '*'],
    ['ec2:DescribeRouteTables', '*'],
    ['ec2:DescribeSecurityGroups', '*'],
    ['ec2:DescribeSecurityGroupRules', '*'],
    ['elasticfilesystem:DescribeAccessPoints', arn('elasticfilesystem', 'access-point/fsap-1')],
    ['iam:GetPolicy', `arn:aws:iam::${account}:policy/parallelcluster/${stackName(deployment)}`],
    ['logs:DescribeLogGroups', arn('logs', 'log-group::log-stream:')],
  ])('may %s on %s', (action, resource, context) => {
    expect(reconcile(action, resource, context)).toBe(true)
  })

  it.each<[string, string, Record<string, string>?]>([
    ['cloudformation:CreateStack', arn('cloudformation', 'stack/of-someone-else/0c5f1d2e-uuid')],
    ['cloudformation:DeleteStack', arn('cloudformation', 'stack/of-someone-else/0c5f1d2e-uuid')],
    ['cloudformation:DescribeStacks', arn('cloudformation', 'stack/of-someone-else/0c5f1d2e-uuid')],
    ['cloudformation:UpdateStack', pclusterStack],
    ['cloudformation:UpdateStack', arn('cloudformation', 'stack/of-someone-else/0c5f1d2e-uuid')],
    ['iam:PassRole', stackRole],
    ['iam:PassRole', stackRole, { 'iam:PassedToService': 'lambda.amazonaws.com' }],
    ['iam:PassRole', `arn:aws:iam::${account}:role/Administrator`, toCloudFormation],
    ['fsx:CreateDataRepositoryTask', arn('fsx', 'file-system/fs-of-someone-else')],
    ['fsx:DeleteFileSystem', arn('fsx', 'file-system/fs-1'), ofACluster],
    ['dynamodb:UpdateItem', fleets, { 'dynamodb:LeadingKeys': 'CLUSTER_CONFIG' }],
    ['dynamodb:UpdateItem', arn('dynamodb', 'table/parallelcluster-of-someone-else'), theFleet],
    ['secretsmanager:CreateSecret', secret],
    ['secretsmanager:GetSecretValue', secret],
    ['secretsmanager:DeleteSecret', arn('secretsmanager', 'secret:of-someone-else-AbCdEf')],
    ['ec2:ImportKeyPair', arn('ec2', 'key-pair/of-someone-else')],
    ['ec2:CreateTags', keyPair],
    ['ec2:CreateSubnet', arn('ec2', 'subnet/*')],
    ['ec2:DeleteSubnet', arn('ec2', 'subnet/subnet-1')],
    ['dynamodb:PutItem', slots],
    ['dynamodb:Scan', clusters],
    ['dynamodb:DeleteItem', events],
    ['logs:GetLogEvents', `${jobLog}:log-stream:jobs`],
    ['logs:FilterLogEvents', jobLog],
    ['logs:DeleteLogGroup', jobLog],
    ['iam:GetPolicy', `arn:aws:iam::${account}:policy/of-someone-else`],
    ['elasticfilesystem:DeleteAccessPoint', arn('elasticfilesystem', 'access-point/fsap-1')],
    ['logs:PutLogEvents', `${jobLog}:log-stream:activity`],
  ])('may not %s on %s', (action, resource, context) => {
    expect(reconcile(action, resource, context)).toBe(false)
  })

  it.each(['example', 'a', 'an-environment-of-20'])(
    'may not delete the stacks of the app, of environment %s',
    (name) => {
      expect(name.length).toBeLessThanOrEqual(20)
      for (const part of ['network', 'storage', 'service', 'caller'])
        expect(
          reconcile(
            'cloudformation:DeleteStack',
            arn('cloudformation', `stack/hpc-provisioner-${name}-${part}/0c5f1d2e`),
          ),
        ).toBe(false)
    },
  )
})

describe('the sweep function', () => {
  it('may read what is due and send messages, and write its log', () => {
    expect(sweep('dynamodb:Query', `${clusters}/index/byDue`)).toBe(true)
    expect(sweep('sqs:SendMessage', queue)).toBe(true)
    expect(
      statementsOf(example, 'Functions/SweepRole')
        .flatMap(({ Action }) => Action)
        .filter((action) => !action.startsWith('kms:'))
        .sort(),
    ).toEqual(['dynamodb:Query', 'logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage'])
    expect(sweep('dynamodb:Query', `${clusters}/index/byStatus`)).toBe(false)
    expect(sweep('dynamodb:Query', events)).toBe(false)
    expect(sweep('sqs:SendMessage', arn('sqs', 'of-someone-else'))).toBe(false)
  })
})

describe('the preflight function', () => {
  const preflight = functionRole('Preflight')
  const { fileSystem, provider } = {
    fileSystem: arn(
      'elasticfilesystem',
      `file-system/${siteOf(example, 'Functions/Preflight').storage.fileSystemId}`,
    ),
    provider: arn('lambda', 'function:pcluster-cfn-0123abcd-4567-89ef-0123-456789abcdef'),
  }
  const template =
    'arn:aws:s3:::eu-west-1-aws-parallelcluster/parallelcluster/3.16.1/templates/custom_resource/cluster.yaml'

  it.each<[string, string]>([
    ...[
      'Vpcs',
      'VpcAttribute',
      'VpcEndpoints',
      'VpcPeeringConnections',
      'RouteTables',
      'Subnets',
      'Images',
    ].map((what): [string, string] => [`ec2:Describe${what}`, '*']),
    ['dynamodb:Scan', slots],
    ['elasticfilesystem:DescribeMountTargets', fileSystem],
    ['elasticfilesystem:DescribeAccessPoints', fileSystem],
    ['fsx:DescribeFileSystems', arn('fsx', 'file-system/fs-0123456789abcdef0')],
    ['cloudformation:ListStacks', '*'],
    ['servicequotas:GetServiceQuota', arn('servicequotas', 'ec2/L-1216C47A')],
    ['servicequotas:GetAWSDefaultServiceQuota', '*'],
    ['lambda:GetFunctionConfiguration', provider],
    ['s3:GetObject', template],
  ])('may %s on %s', (action, resource) => {
    expect(preflight(action, resource)).toBe(true)
  })

  it('may read, and change nothing', () => {
    const actions = statementsOf(example, 'Functions/PreflightRole').flatMap(({ Action }) => Action)
    const writes = actions.filter((action) => !/:(Get|Describe|List|Scan)|^kms:/.test(action))
    expect(writes.sort()).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents'])
    expect(preflight('dynamodb:Scan', clusters)).toBe(false)
    expect(preflight('secretsmanager:GetSecretValue', secret)).toBe(false)
    expect(preflight('s3:GetObject', 'arn:aws:s3:::hpc-provisioner-private/lab/project/file')).toBe(false)
  })
})

describe('the notify function', () => {
  const notify = functionRole('Notify')

  it('may read the stream of the Events table and tell the bus, and nothing else', () => {
    const actions = statementsOf(example, 'Functions/NotifyRole').flatMap(({ Action }) => Action)
    expect(actions.sort()).toEqual([
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
      'events:PutEvents',
      'kms:Decrypt',
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sqs:SendMessage',
    ])
    const bus = one('AWS::Events::EventBus')
    expect(bus.Properties.Name).toBe('hpc-provisioner-example')
    expect(notify('events:PutEvents', arn('events', `event-bus/${physical(bus.Type, bus.path)}`))).toBe(true)
    expect(notify('events:PutEvents', arn('events', 'event-bus/default'))).toBe(false)
    expect(notify('dynamodb:GetRecords', `${clusters}/stream/1`)).toBe(false)
    expect(notify('sqs:SendMessage', queue)).toBe(false)
  })
})

describe('the measure function', () => {
  const measure = functionRole('Measure')

  it('may count slots and clusters, and nothing else', () => {
    expect(measure('dynamodb:Scan', slots)).toBe(true)
    expect(measure('dynamodb:Query', `${clusters}/index/byStatus`)).toBe(true)
    expect(measure('dynamodb:Scan', clusters)).toBe(false)
    expect(measure('dynamodb:PutItem', slots)).toBe(false)
    expect(measure('dynamodb:Query', `${clusters}/index/byVirtualLab`)).toBe(false)
  })
})
