// The accounting database and the functions that reach it: who may, and what they may.
import { describe, expect, it } from 'vitest'
import { clusterName, databaseSecretName, secretName } from '../../core/names.ts'
import { serviceRange } from '../../lib/environment.ts'
import { deploy, siteOf, statementsOf } from './deployed.ts'
import { evaluate } from './iam.ts'

const example = deploy('example')
const { account, one, all, environment } = example
const instance = one('AWS::RDS::DBInstance').Properties
const variables = (path: string) => one('AWS::Lambda::Function', path).Properties.Environment.Variables
const site = siteOf(example)

describe('the database', () => {
  it('is encrypted with the environment’s key, which is renewed, and not reachable from the Internet', () => {
    expect(instance).toMatchObject({ StorageEncrypted: true, PubliclyAccessible: false })
    expect(instance.KmsKeyId).toContain('key/')
    expect(one('AWS::KMS::Key').Properties.EnableKeyRotation).toBe(true)
  })

  it('has a second instance, backups and a protection against deletion, as the environment says', () => {
    expect(instance).toMatchObject({ MultiAZ: true, BackupRetentionPeriod: 14, DeletionProtection: true })
    const alone = deploy('example', (same) => ({
      ...same,
      retainData: false,
      accounting: { ...same.accounting, multiAz: false, backupDays: 1, instanceType: 't4g.micro' } as never,
    })).one('AWS::RDS::DBInstance').Properties
    expect(alone).toMatchObject({ MultiAZ: false, BackupRetentionPeriod: 1, DeletionProtection: false })
    expect(alone.DBInstanceClass).toBe('db.t4g.micro')
  })

  it("is MariaDB 10.11 with the settings that Slurm's documentation asks for", () => {
    expect(instance).toMatchObject({ Engine: 'mariadb', EngineVersion: '10.11' })
    expect(one('AWS::RDS::DBParameterGroup').Properties).toMatchObject({
      Family: 'mariadb10.11',
      Parameters: { innodb_lock_wait_timeout: '900', character_set_server: 'utf8mb4' },
    })
  })

  it("has its administrator's password generated, and in no template", () => {
    const secret = one('AWS::SecretsManager::Secret', 'Database/Secret').Properties
    expect(secret.GenerateSecretString).toMatchObject({ PasswordLength: expect.any(Number) })
    expect(instance.MasterUserPassword).toMatch(/^{{resolve:secretsmanager:/)
  })

  it('is reached at 3306 from the clusters and from the functions, and reaches nothing', () => {
    const group = one('AWS::EC2::SecurityGroup', 'DatabaseGroup').Properties
    const functions = variables('Functions/Accounting')
    expect(functions).toBeDefined()
    const [functionsGroup] = one('AWS::Lambda::Function', 'Functions/Accounting').Properties.VpcConfig
      .SecurityGroupIds as string[]
    const from = { IpProtocol: 'tcp', FromPort: 3306, ToPort: 3306 }
    expect(group.SecurityGroupIngress).toEqual([
      expect.objectContaining({ ...from, CidrIp: environment.network.clusterRange }),
      expect.objectContaining({ ...from, SourceSecurityGroupId: functionsGroup }),
    ])
    expect(group.SecurityGroupEgress).toEqual([expect.objectContaining({ CidrIp: '127.0.0.1/32' })])
    expect(instance.VPCSecurityGroups).toHaveLength(1)
  })

  it('has an alarm before it is full, which says what users notice', () => {
    const alarm = one('AWS::CloudWatch::Alarm', 'Monitoring/Alarms/DatabaseStorage').Properties
    expect(alarm).toMatchObject({ MetricName: 'FreeStorageSpace', ComparisonOperator: 'LessThanThreshold' })
    expect(alarm.AlarmDescription).toContain('Users notice')
  })
})

describe('the functions in the VPC', () => {
  it('reach the endpoints and the database in the service ranges, and nothing else', () => {
    const { vpcCidr, zones } = environment.network
    const services = zones.map((_, zone) => serviceRange(vpcCidr, zone))
    const { SecurityGroupEgress, SecurityGroupIngress } = one(
      'AWS::EC2::SecurityGroup',
      'FunctionsGroup',
    ).Properties
    expect(SecurityGroupIngress).toBeUndefined()
    expect(
      SecurityGroupEgress.map(({ CidrIp, FromPort, ToPort }: Record<string, unknown>) => [
        CidrIp,
        FromPort,
        ToPort,
      ]),
    ).toEqual(
      services.flatMap((range) => [
        [range, 443, 443],
        [range, 3306, 3306],
      ]),
    )
  })

  it('are the ones that the control plane is told of', () => {
    expect(site.accounting?.functionName).toContain('FunctionsAccounting')
    expect(site.accounting?.usageFunctionName).toContain('FunctionsUsage')
    expect(site.accounting?.uri).toMatch(/:3306$/)
    expect(JSON.parse(variables('Functions/Accounting').DATABASE)).toMatchObject({ port: 3306, tls: true })
  })

  it('end before the pass and the request that wait for them', () => {
    const seconds = (path: string) => one('AWS::Lambda::Function', path).Properties.Timeout as number
    expect(seconds('Functions/Accounting')).toBeLessThan(seconds('Functions/Reconcile'))
    expect(seconds('Functions/Usage')).toBeLessThan(seconds('Functions/Api'))
  })
})

const arn = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:${account}:${resource}`
const tenant = { virtualLab: 'lab', project: 'project' }
const deployment = { name: clusterName(tenant), deploymentId: '01k0abcdefghjkmnpqrstvwxyz' }
const [admin, reader] = [
  variables('Functions/Accounting').ADMIN_SECRET,
  variables('Functions/Usage').READER_SECRET,
]
const password = arn('secretsmanager', `secret:${databaseSecretName(deployment)}-AbCdEf`)
const sshKey = arn('secretsmanager', `secret:${secretName(deployment, 'user')}-AbCdEf`)

const allowed = (path: string) => {
  const statements = statementsOf(example, path)
  return (action: string, resource: string) => evaluate(statements, { action, resource }) === 'allowed'
}

describe('the accounting function', () => {
  const may = allowed('Functions/AccountingRole')
  it.each([
    ['secretsmanager:GetSecretValue', admin],
    ['secretsmanager:GetSecretValue', reader],
    ['secretsmanager:CreateSecret', password],
    ['secretsmanager:GetSecretValue', password],
    ['secretsmanager:DeleteSecret', password],
  ])('may %s on %s', (action, resource) => expect(may(action, resource)).toBe(true))

  it.each([
    ['secretsmanager:GetSecretValue', sshKey],
    ['secretsmanager:DeleteSecret', sshKey],
    ['secretsmanager:PutSecretValue', password],
    ['secretsmanager:PutSecretValue', admin],
    ['dynamodb:GetItem', '*'],
    ['cloudformation:DeleteStack', '*'],
    ['iam:PassRole', '*'],
  ])('may not %s on %s', (action, resource) => expect(may(action, resource)).toBe(false))
})

describe('the usage function', () => {
  const may = allowed('Functions/UsageRole')
  it("reads the reader's password, and no other secret", () => {
    expect(may('secretsmanager:GetSecretValue', reader)).toBe(true)
    for (const secret of [admin, password, sshKey])
      expect(may('secretsmanager:GetSecretValue', secret)).toBe(false)
    expect(variables('Functions/Usage').ADMIN_SECRET).toBeUndefined()
  })
})

describe('the control plane', () => {
  const functionArn = (path: string) =>
    arn(
      'lambda',
      `function:hpc-provisioner-example-accounting-${one('AWS::Lambda::Function', path).id}-ABCDEFGHIJKL`,
    )
  const invoke = 'lambda:InvokeFunction'
  it('changes the database by the reconciler only, and reads it by the API only', () => {
    const [api, reconcile, sweep] = ['Api', 'Reconcile', 'Sweep'].map((id) => allowed(`Functions/${id}Role`))
    const [change, read] = [functionArn('Functions/Accounting'), functionArn('Functions/Usage')]
    expect([api, reconcile, sweep].map((may) => may?.(invoke, change))).toEqual([false, true, false])
    expect([api, reconcile, sweep].map((may) => may?.(invoke, read))).toEqual([true, false, false])
  })
})

describe('an environment without accounting', () => {
  const none = deploy('example', ({ accounting: _accounting, ...same }) => same)
  it('has no database, no such functions, and a site that says so', () => {
    expect(none.all('AWS::RDS::DBInstance')).toEqual([])
    expect(none.all('AWS::Lambda::Function')).toHaveLength(all('AWS::Lambda::Function').length - 2)
    expect(siteOf(none).accounting).toBeUndefined()
  })
})
