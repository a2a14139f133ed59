// Fills in the references of a synthesised template, as CloudFormation does: with names as long as AWS makes them.

export type Template = {
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>
  Outputs?: Record<string, { Value: unknown; Export?: { Name: string } }>
}
export type Part = { stackName: string; template: Template }
type At = { account: string; region: string }

export function resolve(value: unknown, part: Part, parts: Part[], at: At): unknown {
  const again = (inner: unknown) => resolve(inner, part, parts, at)
  if (Array.isArray(value)) return value.map(again)
  if (value === null || typeof value !== 'object') return value
  const [[key, argument] = ['', undefined], ...others] = Object.entries(value)
  if (others.length > 0 || !(key === 'Ref' || key.startsWith('Fn::')))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, again(inner)]))
  switch (key) {
    case 'Ref':
      return reference(String(argument), part, at)
    case 'Fn::GetAtt': {
      const [id, attribute] = argument as [string, string]
      return attributeOf(id, attribute, part, at)
    }
    case 'Fn::Join': {
      const [separator, items] = again(argument) as [string, string[]]
      return items.join(separator)
    }
    case 'Fn::Select': {
      const [index, items] = again(argument) as [string, string[]]
      return items[Number(index)]
    }
    case 'Fn::Split': {
      const [separator, text] = again(argument) as [string, string]
      return text.split(separator)
    }
    case 'Fn::Sub':
      return String(argument).replace(/\$\{([^}]+)\}/g, (_, name) => String(reference(name, part, at)))
    case 'Fn::ImportValue':
      return imported(String(again(argument)), parts, at)
    default:
      throw new Error(`${key} is not filled in here.`)
  }
}

function imported(name: string, parts: Part[], at: At): unknown {
  for (const part of parts)
    for (const { Value, Export } of Object.values(part.template.Outputs ?? {}))
      if (Export?.Name === name) return resolve(Value, part, parts, at)
  throw new Error(`No stack exports ${name}.`)
}

const pseudo = ({ account, region }: At): Record<string, string> => ({
  'AWS::AccountId': account,
  'AWS::Region': region,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
})

const ids: Record<string, string> = {
  'AWS::EC2::VPC': 'vpc',
  'AWS::EC2::Subnet': 'subnet',
  'AWS::EC2::RouteTable': 'rtb',
  'AWS::EC2::SecurityGroup': 'sg',
  'AWS::EFS::FileSystem': 'fs',
  'AWS::EC2::VPCEndpoint': 'vpce',
}
const services: Record<string, [service: string, prefix: string]> = {
  'AWS::IAM::Role': ['iam', 'role/'],
  'AWS::Lambda::Function': ['lambda', 'function:'],
  'AWS::DynamoDB::GlobalTable': ['dynamodb', 'table/'],
  'AWS::SQS::Queue': ['sqs', ''],
  'AWS::KMS::Key': ['kms', 'key/'],
  'AWS::Events::Rule': ['events', 'rule/'],
  'AWS::Events::EventBus': ['events', 'event-bus/'],
  'AWS::CloudWatch::Alarm': ['cloudwatch', 'alarm:'],
  'AWS::Logs::LogGroup': ['logs', 'log-group:'],
  'AWS::S3::Bucket': ['s3', ''],
  'AWS::EFS::FileSystem': ['elasticfilesystem', 'file-system/'],
}

const typeOf = (id: string, { template, stackName }: Part): string => {
  const type = template.Resources[id]?.Type
  if (!type) throw new Error(`${stackName} has no resource ${id}.`)
  return type
}

/** 17 hexadecimal digits that the resource alone has. */
const digits = (text: string): string =>
  Array.from(text)
    .reduce((sum, char) => (sum * 33n + BigInt(char.charCodeAt(0))) % 16n ** 17n, 5381n)
    .toString(16)
    .padStart(17, '0')

function physicalName(id: string, part: Part): string {
  const type = typeOf(id, part)
  const prefix = ids[type]
  if (prefix) return `${prefix}-${digits(part.stackName + id)}`
  const name = `${part.stackName}-${id}-ABCDEFGHIJKL`
  return type === 'AWS::S3::Bucket' ? name.toLowerCase().slice(0, 63) : name
}

/** A secret, or an attachment, which refers to its secret. */
const isSecret = (id: string, { template }: Part): boolean =>
  /^AWS::SecretsManager::Secret(TargetAttachment)?$/.test(template.Resources[id]?.Type ?? '')

const secretArn = (id: string, { region, account }: At): string =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${id.replace(/Attachment.*/, '')}-AbCdEf`

function reference(name: string, part: Part, at: At): string {
  const known = pseudo(at)[name]
  if (known !== undefined) return known
  if (name === 'BootstrapVersion') return '30'
  if (name === 'AWS::StackName') return part.stackName
  if (isSecret(name, part)) return secretArn(name, at)
  const physical = physicalName(name, part)
  if (typeOf(name, part) === 'AWS::SNS::Topic') return `arn:aws:sns:${at.region}:${at.account}:${physical}`
  return typeOf(name, part) === 'AWS::SQS::Queue'
    ? `https://sqs.${at.region}.amazonaws.com/${at.account}/${physical}`
    : physical
}

function attributeOf(id: string, attribute: string, part: Part, { account, region }: At): string {
  if (attribute.startsWith('Outputs.'))
    return `arn:aws:lambda:${region}:${account}:function:pcluster-cfn-0123abcd-4567-89ef-0123-456789abcdef`
  if (isSecret(id, part)) return secretArn(id, { account, region })
  const physical = physicalName(id, part)
  if (attribute !== 'Arn') return attribute === 'GroupId' ? physical : `${physical}.${attribute}`
  const [service, prefix] = services[typeOf(id, part)] ?? [undefined, '']
  if (!service) throw new Error(`The ARN of a ${typeOf(id, part)} is not known here.`)
  const place = service === 's3' ? ':' : service === 'iam' ? `:${account}` : `${region}:${account}`
  const end = service === 'logs' ? ':*' : ''
  return `arn:aws:${service}:${place}:${prefix}${physical}${end}`
}
