// Accounting that outlives clusters: the database, and the two functions that reach into the private network for it.
import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch'
import { CfnSecurityGroup, InstanceType, type IVpc, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import {
  Credentials,
  DatabaseInstance,
  DatabaseInstanceEngine,
  MariaDbEngineVersion,
  ParameterGroup,
  StorageType,
} from 'aws-cdk-lib/aws-rds'
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import type { Site } from '../core/site.ts'
import { AccountingFunctions } from './accounting-functions.ts'
import { withKey } from './encryption.ts'
import { type Environment, serviceRange } from './environment.ts'
import { accept } from './nag.ts'

type Accounting = NonNullable<Environment['accounting']>
type Props = StackProps & {
  environment: Environment
  accounting: Accounting
  vpc: IVpc
  /** The folder of the functions' bundles. */
  bundles: string
  /** The environment's own key, where it has one. */
  key?: IKey
}

/** What the functions need to know of the database. */
export type Database = { host: string; port: number; tls: boolean; adminSecretArn: string }

const port = 3306

export class AccountingStack extends Stack {
  readonly #key: IKey | undefined
  readonly accounting: NonNullable<Site['accounting']>
  /** The database's free storage, where it is the environment's own. */
  storage: { free: IMetric; lowBytes: number } | undefined
  readonly functionArns: { accounting: string; usage: string }

  constructor(scope: Construct, id: string, { environment, accounting, vpc, bundles, key, ...props }: Props) {
    super(scope, id, props)
    this.#key = key
    const { vpcCidr, zones } = environment.network
    const services = zones.map((_, zone) => serviceRange(vpcCidr, zone))
    const group = new CfnSecurityGroup(this, 'FunctionsGroup', {
      vpcId: vpc.vpcId,
      groupDescription: 'The functions that reach the accounting database',
      securityGroupEgress: services.flatMap((cidrIp) => [
        { ...tcp(443), cidrIp, description: 'Interface endpoints' },
        { ...tcp(accounting.kind === 'rds' ? port : accounting.port), cidrIp, description: 'The database' },
      ]),
    })
    const database =
      accounting.kind === 'rds' ? this.rds(accounting, environment, vpc, group.attrGroupId) : accounting
    // With AWS's own key, as the passwords of clusters: head nodes read theirs, and are given no key of ours.
    const readerSecret = new CfnSecret(this, 'ReaderPassword', {
      description: 'The password of the login that reads the reports',
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
    })
    accept(
      this,
      'AwsSolutions-SMG4',
      'Every deployment has a login and a password of its own; the administrator’s and the reader’s are read by one function each, in the private network.',
    )
    accept(
      this,
      'AwsSolutions-RDS11',
      'The port is no secret: the groups say who reaches it, and everybody who does knows it.',
    )
    const functions = new AccountingFunctions(this, 'Functions', {
      vpc,
      group: SecurityGroup.fromSecurityGroupId(this, 'FunctionsGroupReference', group.attrGroupId),
      database,
      // On AWS Ref says the same; in the emulator it is the name.
      readerSecretArn: readerSecret.attrId,
      bundles,
      ...environment,
      ...(key ? { key } : {}),
    })
    this.accounting = {
      uri: `${database.host}:${database.port}`,
      functionName: functions.accounting.functionName,
      usageFunctionName: functions.usage.functionName,
    }
    this.functionArns = {
      accounting: functions.accounting.functionArn,
      usage: functions.usage.functionArn,
    }
  }

  private rds(
    size: Extract<Accounting, { kind: 'rds' }>,
    { network, retainData }: Environment,
    vpc: IVpc,
    functionsGroupId: string,
  ): Database {
    const group = new CfnSecurityGroup(this, 'DatabaseGroup', {
      vpcId: vpc.vpcId,
      groupDescription: 'MariaDB, from the clusters and the functions',
      securityGroupIngress: [
        { ...tcp(port), cidrIp: network.clusterRange, description: 'slurmdbd on the head nodes' },
        { ...tcp(port), sourceSecurityGroupId: functionsGroupId, description: 'The functions' },
      ],
      // A group without rules lets everything out; this one lets nothing out.
      securityGroupEgress: [{ ...tcp(port), cidrIp: '127.0.0.1/32', description: 'Nothing' }],
    })
    const engine = DatabaseInstanceEngine.mariaDb({ version: MariaDbEngineVersion.of('10.11', '10.11') })
    const instance = new DatabaseInstance(this, 'Database', {
      engine,
      instanceType: new InstanceType(size.instanceType),
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [SecurityGroup.fromSecurityGroupId(this, 'DatabaseGroupReference', group.attrGroupId)],
      port,
      publiclyAccessible: false,
      multiAz: size.multiAz,
      storageType: StorageType.GP3,
      allocatedStorage: size.storageGiB,
      maxAllocatedStorage: size.maxStorageGiB,
      storageEncrypted: true,
      ...withKey('storageEncryptionKey', this.#key),
      credentials: Credentials.fromGeneratedSecret('admin'),
      parameterGroup: new ParameterGroup(this, 'Parameters', { engine, parameters: slurmParameters }),
      backupRetention: Duration.days(size.backupDays),
      copyTagsToSnapshot: true,
      autoMinorVersionUpgrade: true,
      deletionProtection: retainData,
      removalPolicy: retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    })
    if (!size.multiAz) accept(instance, 'AwsSolutions-RDS3', 'The environment asks for one zone.')
    if (!retainData)
      accept(instance, 'AwsSolutions-RDS10', 'Nothing of the environment is to outlive its stacks.')
    this.storage = {
      free: instance.metricFreeStorageSpace({ period: Duration.minutes(5), statistic: 'min' }),
      lowBytes: size.storageGiB * 2 ** 30 * 0.1,
    }
    return {
      host: instance.dbInstanceEndpointAddress,
      port,
      tls: true,
      adminSecretArn: instance.secret?.secretArn ?? '',
    }
  }
}

const tcp = (number: number) => ({ ipProtocol: 'tcp', fromPort: number, toPort: number })

/**
 * Slurm's own advice, https://slurm.schedmd.com/accounting.html#slurm-accounting-configuration-before-build: half of the
 * memory for the pool, logs of a quarter of the smallest pool, and time for slurmdbd's long statements.
 */
const slurmParameters = {
  innodb_buffer_pool_size: '{DBInstanceClassMemory/2}',
  innodb_log_file_size: String(256 * 2 ** 20),
  innodb_lock_wait_timeout: '900',
  max_allowed_packet: String(64 * 2 ** 20),
  character_set_server: 'utf8mb4',
  collation_server: 'utf8mb4_unicode_ci',
  // slurmdbd stores functions of its own, which a server with binary logs, as backups need them, else takes from an
  // administrator only (MariaDB documentation, "log_bin_trust_function_creators").
  log_bin_trust_function_creators: '1',
}
