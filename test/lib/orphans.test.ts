// When the sweeper runs, who hears of what it finds, and what it may delete: nothing without our tags, and nothing at all
// where the environment only reports.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  clusterName,
  databaseSecretName,
  jobLogGroupName,
  ownerTags,
  secretName,
  stackName,
} from '../../core/names.ts'
import { OrphanSettings, orphanKinds } from '../../core/orphans/report.ts'
import { trustedKeysObject } from '../../core/rotation.ts'
import { type Deployed, deploy, siteOf, statementsOf } from './deployed.ts'
import { evaluate, type Statement } from './iam.ts'
import { deletesOrphans } from './variants.ts'

const reports = deploy('example')
const deletes = deploy('example', deletesOrphans)
const { account, one } = deletes
const handler = one('AWS::Lambda::Function', 'Functions/Orphans')
const arn = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:${account}:${resource}`
const may =
  (deployed: Deployed) =>
  (action: string, resource: string, context: Record<string, string> = {}): boolean =>
    evaluate(statementsOf(deployed, 'Functions/OrphansRole'), { action, resource, context }) === 'allowed'
const mayDelete = may(deletes)
const mayWhereReported = may(reports)

const tenant = { virtualLab: 'lab', project: 'project' }
const past = { ...tenant, name: clusterName(tenant), deploymentId: '01k0abcdefghjkmnpqrstvwxyz' }
const settings = siteOf(reports, 'Functions/Orphans')
const tags = Object.fromEntries(
  Object.entries(ownerTags(past)).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
)
const ourVpc = { 'ec2:Vpc': arn('ec2', `vpc/${settings.network.vpcId}`) }

/** Every deletion of a thing with tags, and what else it goes by. */
const deletions: [action: string, resource: string, context?: Record<string, string>][] = [
  ['cloudformation:DeleteStack', arn('cloudformation', `stack/${stackName(past)}/0c5f1d2e`)],
  ['ec2:TerminateInstances', arn('ec2', 'instance/i-1')],
  ['fsx:DeleteFileSystem', arn('fsx', 'file-system/fs-1')],
  ['ec2:DeleteNetworkInterface', arn('ec2', 'network-interface/eni-1'), ourVpc],
  ['ec2:DeleteVolume', arn('ec2', 'volume/vol-1')],
  ['elasticfilesystem:DeleteAccessPoint', arn('elasticfilesystem', 'access-point/fsap-1')],
  ['ec2:DeleteSecurityGroup', arn('ec2', 'security-group/sg-1'), ourVpc],
  ['ec2:DeleteSubnet', arn('ec2', 'subnet/subnet-1'), ourVpc],
  ['iam:DeletePolicy', `arn:aws:iam::${account}:policy/parallelcluster/${stackName(past)}`],
  ['secretsmanager:DeleteSecret', arn('secretsmanager', `secret:${databaseSecretName(past)}-AbCdEf`)],
  ['secretsmanager:DeleteSecret', arn('secretsmanager', `secret:${secretName(past, 'user')}-AbCdEf`)],
  ['ec2:DeleteKeyPair', arn('ec2', `key-pair/${stackName(past)}`)],
]

describe('where the environment lets it delete, the sweeper', () => {
  it.each(deletions)('may %s of %s by the tags of a deployment', (action, resource, context) => {
    expect(mayDelete(action, resource, { ...context, ...tags })).toBe(true)
  })

  it.each(deletions)('may not %s of %s without our tag', (action, resource, context = {}) => {
    expect(mayDelete(action, resource, context)).toBe(false)
    for (const name of ['cluster', 'deployment']) {
      const { [`aws:ResourceTag/hpc-provisioner:${name}`]: _, ...others } = tags
      expect([name, mayDelete(action, resource, { ...context, ...others })]).toEqual([name, false])
    }
    // Of the app itself.
    const apps = { 'aws:ResourceTag/hpc-provisioner:environment': 'example' }
    expect(mayDelete(action, resource, { ...context, ...apps })).toBe(false)
  })

  it.each(deletions.filter(([, , context]) => context))(
    'may not %s of %s in another VPC',
    (action, resource) => {
      const elsewhere = { 'ec2:Vpc': arn('ec2', 'vpc/vpc-0000000000') }
      expect(mayDelete(action, resource, { ...elsewhere, ...tags })).toBe(false)
    },
  )

  it('has a deletion for every kind but ParallelCluster’s own stack, and what is ours by where it is', () => {
    // Private keys and passwords are both secrets; slots are rows, and trusted keys objects.
    expect(deletions).toHaveLength(orphanKinds.length - 3)
  })

  it('may delete what nodes trust, and neither read nor write it', () => {
    const policies = deletes
      .all('AWS::S3::BucketPolicy')
      .filter(({ id }) => id.startsWith('NodeKeysPolicy'))
      .flatMap(({ Properties }): Statement[] => Properties.PolicyDocument.Statement)
    const { Resource } = policies.find(({ Action }) => Action === 's3:PutObject') ?? {}
    const object = String(Resource).replace('*', trustedKeysObject(past))
    const actions = ['s3:DeleteObject', 's3:PutObject', 's3:GetObject', 's3:DeleteObjectVersion']
    expect(actions.map((action) => mayDelete(action, object))).toEqual([true, false, false, false])
    expect(mayWhereReported('s3:DeleteObject', object)).toBe(false)
  })

  it.each([
    ['cloudformation:DeleteStack', arn('cloudformation', `stack/${past.name}/0c5f1d2e`)],
    ['cloudformation:DeleteStack', arn('cloudformation', 'stack/hpc-provisioner-example-service/0c5f1d2e')],
    ['secretsmanager:DeleteSecret', arn('secretsmanager', 'secret:of-someone-else')],
    ['secretsmanager:GetSecretValue', arn('secretsmanager', `secret:${secretName(past, 'user')}-AbCdEf`)],
    ['iam:DeletePolicy', `arn:aws:iam::${account}:policy/${stackName(past)}`],
    ['ec2:DeleteVpc', ourVpc['ec2:Vpc']],
    ['logs:DeleteLogGroup', arn('logs', `log-group:${jobLogGroupName(past)}`)],
    ['elasticfilesystem:DeleteFileSystem', arn('elasticfilesystem', 'file-system/fs-1')],
    ['s3:DeleteObject', 'arn:aws:s3:::private/lab/project/file'],
    ['ec2:CreateTags', arn('ec2', 'subnet/subnet-1')],
  ])('may not %s of %s, whatever its tags', (action, resource) => {
    expect(mayDelete(action, resource, { ...ourVpc, ...tags })).toBe(false)
  })
})

describe('where the environment only reports, which is the default, the sweeper', () => {
  it.each(deletions)('may not %s of %s', (action, resource, context) => {
    expect(mayWhereReported(action, resource, { ...context, ...tags })).toBe(false)
  })

  it('may change nothing but rows of Slots, and only writes down who asked', () => {
    const statements = statementsOf(reports, 'Functions/OrphansRole')
    const actions = statements.flatMap(({ Action }) => Action)
    const writes = actions.filter((action) => !/:(Get|Describe|List|Scan|Query)|^kms:/.test(action))
    const tables = ['dynamodb:ConditionCheckItem', 'dynamodb:DeleteItem', 'dynamodb:PutItem']
    expect(writes.sort()).toEqual([...tables, 'logs:CreateLogStream', 'logs:PutLogEvents'])
    const [put, ...others] = statements.filter(({ Action }) => [Action].flat().includes('dynamodb:PutItem'))
    expect([put?.Resource].flat()).toEqual([
      expect.stringContaining(one('AWS::DynamoDB::GlobalTable', 'Tables/Audit').id),
    ])
    expect(others).toEqual([])
  })
})

it.each([
  ['deletes', mayDelete],
  ['reports', mayWhereReported],
])('where it %s, it may delete rows of Slots, and none of the records and the history', (_, mayDo) => {
  const table = (name: string) =>
    arn(
      'dynamodb',
      `table/hpc-provisioner-example-service-${one('AWS::DynamoDB::GlobalTable', `Tables/${name}`).id}-ABCDEFGHIJKL`,
    )
  expect(mayDo('dynamodb:DeleteItem', table('Slots'))).toBe(true)
  for (const action of ['dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'])
    for (const name of ['Clusters', 'Events', 'Operations'])
      expect([action, name, mayDo(action, table(name))]).toEqual([action, name, false])
})

/** Where IAM has another word for a call. */
const renamed: Record<string, string> = { ListObjectsV2: 'ListBucket' }
/** The SDK's commands and paginators in the sweeper's own files. */
const called = ['find-orphans.ts', 'remove-orphans.ts'].flatMap((file) =>
  [
    ...readFileSync(join(import.meta.dirname, '../../aws', file), 'utf8').matchAll(
      /\bpaginate(\w+)\(|new (\w+)Command\(/g,
    ),
  ].map(([, pages, command]) => renamed[pages ?? ''] ?? pages ?? command ?? ''),
)
/** What it asks of the cloud and of its tables: see core/orphans/sweep-orphans.ts and aws/remove-orphans.ts. */
const byTheCloud: Record<string, string> = {
  GetItem: 'dynamodb:GetItem, the record before each deletion',
  Query: 'dynamodb:Query, the history',
  PutItem: 'dynamodb:PutItem, who asked for deletions',
  DeleteStack: 'the cloud’s deleteStack',
  DeleteSecret: 'the cloud’s deleteSecret',
  DeleteKeyPair: 'the cloud’s deleteKeyPair',
  DeleteObject: 'the cloud’s deleteTrustedKeys',
  InvokeFunction: 'the cloud’s removeAccounting',
  ConditionCheckItem: 'of TransactWrite',
  DeleteItem: 'of TransactWrite',
}

it('the sweeper may do what its code calls, and nothing else', () => {
  const granted = statementsOf(deletes, 'Functions/OrphansRole')
    .flatMap(({ Action }) => Action)
    .filter((action) => !/^(kms|logs):/.test(action))
    .map((action) => action.split(':')[1] ?? '')
  const needed = [...called.filter((name) => name !== 'TransactWrite'), ...Object.keys(byTheCloud)]
  expect([...new Set(granted)].sort()).toEqual([...new Set(needed)].sort())
})

describe('unasked', () => {
  it('it runs every day, once', () => {
    const { Properties } = one('AWS::Events::Rule', 'Functions/OrphansEveryDay')
    expect(Properties).toMatchObject({ ScheduleExpression: 'rate(1 day)', State: 'ENABLED' })
    expect(Properties.Targets).toEqual([
      expect.objectContaining({
        Arn: expect.stringContaining(handler.id),
        RetryPolicy: { MaximumRetryAttempts: 0 },
      }),
    ])
  })

  it('it only reports, unless the environment says otherwise', () => {
    const of = ({ one }: Deployed) =>
      OrphanSettings.parse(
        JSON.parse(
          one('AWS::Lambda::Function', 'Functions/Orphans').Properties.Environment.Variables.ORPHANS,
        ),
      )
    expect(of(reports)).toEqual({ sweep: 'report', kinds: [...orphanKinds] })
    expect(of(deletes).sweep).toBe('delete')
    expect(of(deploy('local')).kinds).not.toContain('fileSystem')
  })

  it('orphans that are left raise an alarm, and so does a look that failed', () => {
    const alarm = (name: string) => one('AWS::CloudWatch::Alarm', `Monitoring/Alarms/${name}`).Properties
    const daily = { Period: 86_400, Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold' }
    expect(alarm('Orphans')).toMatchObject({ MetricName: 'Orphans', Statistic: 'Maximum', ...daily })
    expect(alarm('OrphansUnseen')).toMatchObject({ MetricName: 'Errors', Statistic: 'Sum', ...daily })
    expect(JSON.stringify(alarm('OrphansUnseen').Dimensions)).toContain(handler.id)
  })
})
