// Who holds the key of what rests on disk: AWS, or one key of the environment's own, whose policy is all here.
import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { TableEncryptionV2 } from 'aws-cdk-lib/aws-dynamodb'
import {
  AccountRootPrincipal,
  AnyPrincipal,
  type IPrincipal,
  PolicyDocument,
  PolicyStatement,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam'
import { type IKey, Key } from 'aws-cdk-lib/aws-kms'
import { QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { Environment } from './environment.ts'

type Props = StackProps & Pick<Environment, 'name' | 'retainData'> & { callers: string[] }

export class EncryptionStack extends Stack {
  readonly key: IKey

  constructor(scope: Construct, id: string, { name, retainData, callers, ...props }: Props) {
    super(scope, id, props)
    const key = new Key(this, 'Key', {
      alias: `hpc-provisioner-${name}`,
      description: `What the ParallelCluster Provisioner ${name} keeps`,
      enableKeyRotation: true,
      // Without the key, data that outlives the stacks would be lost.
      removalPolicy: retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      policy: keyPolicy(this, callers),
    })
    // An imported key is one to whose policy CDK adds nothing.
    this.key = Key.fromKeyArn(this, 'Imported', key.keyArn)
  }
}

/**
 * The account's IAM decides who of the account uses the key; services that act by themselves, and the callers,
 * who may be of another account, are named here, each with what it may be used for.
 */
function keyPolicy(stack: Stack, callers: string[]): PolicyDocument {
  const { partition, region, account } = stack
  const arn = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`
  const allow = (principal: IPrincipal, actions: string[], conditions?: PolicyStatement['conditions']) =>
    new PolicyStatement({
      principals: [principal],
      actions,
      // In a key's policy the only resource is the key.
      resources: ['*'],
      ...(conditions ? { conditions } : {}),
    })
  const service = (name: string) => new ServicePrincipal(`${name}.amazonaws.com`)
  const ofThisAccount = { StringEquals: { 'aws:SourceAccount': account } }
  const write = ['kms:Decrypt', 'kms:GenerateDataKey']
  return new PolicyDocument({
    statements: [
      // KMS developer guide, "Default key policy": without it a key can become one that nobody can change.
      allow(new AccountRootPrincipal(), ['kms:*']),
      // CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
      allow(
        new ServicePrincipal(`logs.${region}.amazonaws.com`),
        [...write, 'kms:Encrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:DescribeKey'],
        { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': arn('logs', 'log-group:*') } },
      ),
      // SQS developer guide, "Key management": the rules that write into the queue of looks.
      allow(service('events'), write, {
        ...ofThisAccount,
        ArnLike: { 'aws:SourceArn': arn('events', 'rule/*') },
      }),
      // The rule of notices tells the topic. SNS developer guide, "Key management": aws:SourceAccount and aws:SourceArn
      // "is not supported for EventBridge-to-encrypted topics", so the topic itself is what binds it.
      allow(service('events'), write, topicsOf(stack)),
      // SNS developer guide, "Managing Amazon SNS encryption keys": alarms that notify.
      allow(service('cloudwatch'), write, {
        ...ofThisAccount,
        ArnLike: { 'aws:SourceArn': arn('cloudwatch', 'alarm:*') },
      }),
      // The private keys of clusters, and no other secret.
      allow(new AnyPrincipal(), ['kms:Decrypt'], {
        ArnEquals: { 'aws:PrincipalArn': callers },
        StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` },
        ArnLike: {
          'kms:EncryptionContext:SecretARN': arn('secretsmanager', 'secret:hpc-provisioner/*'),
        },
      }),
    ],
  })
}

/** What SNS says at each use of a key: for which topic. */
export const topicsOf = ({ partition, region, account }: Stack): PolicyStatement['conditions'] => ({
  ArnLike: { 'kms:EncryptionContext:aws:sns:topicArn': `arn:${partition}:sns:${region}:${account}:*` },
})

export const tableEncryption = (key?: IKey): TableEncryptionV2 =>
  key ? TableEncryptionV2.customerManagedKey(key) : TableEncryptionV2.dynamoOwnedKey()

export const queueEncryption = (key?: IKey): QueueProps =>
  key
    ? { encryption: QueueEncryption.KMS, encryptionMasterKey: key }
    : { encryption: QueueEncryption.SQS_MANAGED }

/** For constructs whose own default is right where the environment has no key: log groups, file systems, databases. */
export const withKey = <Name extends string>(name: Name, key?: IKey) =>
  (key ? { [name]: key } : {}) as { [K in Name]?: IKey }
