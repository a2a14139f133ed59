// The SDK's clients replaced by small fakes with a memory, and the real cloud in front of them.
import * as cfn from '@aws-sdk/client-cloudformation'
import * as cloudWatchLogs from '@aws-sdk/client-cloudwatch-logs'
import * as ec2 from '@aws-sdk/client-ec2'
import * as eventBridge from '@aws-sdk/client-eventbridge'
import * as lambda from '@aws-sdk/client-lambda'
import * as secretsManager from '@aws-sdk/client-secrets-manager'
import * as sqs from '@aws-sdk/client-sqs'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { awsCloud } from '../../aws/cloud.ts'
import { accounting } from '../world/accounting.ts'
import { jobs } from '../world/jobs.ts'
import { knobs, stacks } from '../world/stacks.ts'
import { fakeDynamoDb, tableNames } from './fake-dynamodb.ts'
import { aFunction } from './fake-functions.ts'
import { fakeLeftovers } from './fake-leftovers.ts'
import { fakeLustre } from './fake-lustre.ts'
import { fakeNodeKeys } from './fake-node-keys.ts'

export const named = (name: string, message = name, more: object = {}) =>
  Object.assign(new Error(message), { name, ...more })

export function fakeAws() {
  let millis = Date.parse('2026-08-01T00:00:00Z')
  const dynamodb = mockClient(DynamoDBDocumentClient)
  const secrets = mockClient(secretsManager.SecretsManagerClient)
  const keyPairs = mockClient(ec2.EC2Client)
  const formation = mockClient(cfn.CloudFormationClient)
  const queue = mockClient(sqs.SQSClient)
  const functions = mockClient(lambda.LambdaClient)
  const database = accounting(() => undefined)
  functions.on(lambda.InvokeCommand).callsFake(aFunction(database.calls))
  const bus = mockClient(eventBridge.EventBridgeClient)
  let fleetItem: (TableName: string) => Promise<object>
  const tables = fakeDynamoDb(dynamodb, (name) => fleetItem(name))
  const secretValues = new Map<string, string>()
  const publicKeys = new Set<string>()
  const messages: unknown[] = []
  const notices: unknown[] = []
  const knob = knobs()
  const world = stacks(
    () => millis,
    knob,
    () => {},
  )

  const data = fakeLustre(
    () => millis,
    (name) => world.pcluster.has(name),
    world.calls.listHeld,
    dynamodb,
    formation,
  )
  fleetItem = data.fleetItem
  const nodes = fakeNodeKeys(() => millis)
  const work = jobs(
    () => millis,
    (name) => world.pcluster.has(name),
  )
  const logs = mockClient(cloudWatchLogs.CloudWatchLogsClient)
  logs.on(cloudWatchLogs.GetLogEventsCommand).callsFake(async ({ logGroupName, logStreamName }) => {
    const [, name = '', deploymentId = ''] = /^\/hpc-provisioner\/jobs\/(.+)\/(.+)$/.exec(logGroupName) ?? []
    const of = { name, deploymentId }
    const state = logStreamName === 'keys' ? await nodes.confirmed(of) : undefined
    const line = logStreamName === 'activity' ? await work.calls.getActivity(of) : state && { state }
    if (!line) throw named('ResourceNotFoundException')
    return { events: [{ timestamp: millis, message: JSON.stringify(line) }] }
  })

  secrets.on(secretsManager.CreateSecretCommand).callsFake(async ({ Name, SecretString }) => {
    if (secretValues.has(Name)) throw named('ResourceExistsException')
    secretValues.set(Name, SecretString)
    return { ARN: `arn:aws:secretsmanager:eu-west-1:1:secret:${Name}-AbCdEf` }
  })
  secrets.on(secretsManager.DeleteSecretCommand).callsFake(async ({ SecretId }) => {
    if (!secretValues.delete(SecretId)) throw named('ResourceNotFoundException')
    return {}
  })
  keyPairs.on(ec2.ImportKeyPairCommand).callsFake(async ({ KeyName }) => {
    if (publicKeys.has(KeyName)) throw named('InvalidKeyPair.Duplicate')
    publicKeys.add(KeyName)
    return {}
  })
  keyPairs
    .on(ec2.DeleteKeyPairCommand)
    .callsFake(async ({ KeyName }) => ({ Return: publicKeys.delete(KeyName) }))
  keyPairs.on(ec2.DescribeKeyPairsCommand).callsFake(async ({ KeyNames }) => {
    if (!publicKeys.has(KeyNames[0])) throw named('InvalidKeyPair.NotFound')
    return { KeyPairs: [{ KeyName: KeyNames[0] }] }
  })
  const leftovers = fakeLeftovers(world.leftovers, keyPairs, logs)
  secrets.on(secretsManager.DescribeSecretCommand).callsFake(async ({ SecretId }) => {
    if (!secretValues.has(SecretId)) throw named('ResourceNotFoundException')
    return { Name: SecretId }
  })
  keyPairs.on(ec2.DescribeInstanceTypeOfferingsCommand).callsFake(async ({ Filters }) => {
    const [types = [], zones = []] = (Filters as { Values: string[] }[]).map(({ Values }) => Values)
    return {
      InstanceTypeOfferings: types.flatMap((InstanceType) =>
        zones.map((Location) => ({ InstanceType, Location })),
      ),
    }
  })
  queue.on(sqs.SendMessageCommand).callsFake(async ({ MessageBody }) => {
    messages.push(JSON.parse(MessageBody))
    return {}
  })

  bus.on(eventBridge.PutEventsCommand).callsFake(async ({ Entries }) => {
    if (Entries.length === 0 || Entries.length > 10) throw named('ValidationException')
    for (const { DetailType, Detail } of Entries)
      notices.push({ type: DetailType, detail: JSON.parse(Detail) })
    return { FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: '1' })) }
  })

  const find = (nameOrId: string) =>
    [...world.own.values()].find(({ name, stackId }) => [name, stackId].includes(nameOrId))
  formation.on(cfn.CreateStackCommand).callsFake(async ({ StackName, TemplateBody, Tags = [], RoleARN }) => {
    if (world.own.has(StackName)) throw named('AlreadyExistsException')
    await world.calls.createStack({
      name: StackName,
      template: JSON.parse(TemplateBody),
      tags: Object.fromEntries((Tags as cfn.Tag[]).map(({ Key, Value }) => [Key, Value])),
      roleArn: RoleARN,
    })
    return {}
  })
  formation.on(cfn.UpdateStackCommand).callsFake(async ({ StackName, TemplateBody, Tags = [], RoleARN }) => {
    const tags = Object.fromEntries((Tags as cfn.Tag[]).map(({ Key, Value }) => [Key, Value]))
    const template = JSON.parse(TemplateBody)
    const stack = { name: StackName, template, tags, roleArn: RoleARN }
    const { done, refused } = await world.calls.updateStack(stack)
    if (done) throw named('ValidationError', 'No updates are to be performed.')
    if (refused) throw named('ValidationError', refused)
    return {}
  })
  formation
    .on(cfn.DeleteStackCommand)
    .callsFake(
      async ({ StackName, RetainResources: retain }) =>
        (await world.calls.deleteStack(StackName, retain ? { retain } : {})) ?? {},
    )
  formation.on(cfn.DescribeStacksCommand).callsFake(async ({ StackName }) => {
    const stack = find(StackName)
    const { phase, outputs, deploymentId } = await world.calls.getStack(stack?.name ?? StackName)
    if (phase === 'absent') throw named('ValidationError', `Stack with id ${StackName} does not exist`)
    const Outputs = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }))
    const Tags = [{ Key: 'hpc-provisioner:deployment', Value: deploymentId }]
    const inner = phase === 'deleting' ? 'DELETE_IN_PROGRESS' : 'CREATE_COMPLETE'
    return {
      Stacks: [{ StackId: stack?.stackId, StackStatus: stack?.status ?? inner, Outputs, Tags }],
    }
  })
  formation.on(cfn.GetTemplateCommand).callsFake(async ({ StackName }) => {
    const stack = find(StackName)
    if (!stack) throw named('ValidationError', `Stack with id ${StackName} does not exist`)
    return { TemplateBody: JSON.stringify(stack.template) }
  })
  formation.on(cfn.DescribeStackEventsCommand).callsFake(async ({ StackName }) => {
    const [LogicalResourceId, reason] = world.failures.get(StackName)?.split(': ') ?? []
    return {
      StackEvents: [
        {
          LogicalResourceId: 'Subnet',
          ResourceStatus: 'CREATE_FAILED',
          ResourceStatusReason: 'Resource creation cancelled',
        },
        { LogicalResourceId, ResourceStatus: 'CREATE_FAILED', ResourceStatusReason: reason },
      ],
    }
  })

  const cloud = awsCloud({
    tables: tableNames,
    queueUrl: 'https://sqs/queue',
    busName: 'bus',
    nodeKeysBucket: 'node-keys',
    accounting: { uri: 'db:3306', functionName: 'accounting', usageFunctionName: 'usage' },
  })
  const mocks = [
    dynamodb,
    secrets,
    keyPairs,
    formation,
    queue,
    bus,
    functions,
    data.client,
    logs,
    nodes.objects,
    ...leftovers,
  ]
  return {
    cloud,
    dynamodb,
    secrets,
    keyPairs,
    formation,
    queue,
    fsx: data.client,
    logs,
    jobs: work,
    bus,
    functions,
    tables,
    messages,
    notices,
    publicKeys,
    secretValues,
    pass: async (seconds: number) => {
      for (let step = 0; step < 10; step++) {
        millis += seconds * 100
        world.step()
      }
    },
    /** The commands sent so far, by name. */
    sent: (): string[] =>
      mocks.flatMap((mock) =>
        mock.calls().map(({ args: [command] }) => (command as object).constructor.name),
      ),
    hold: (logicalIds: string[]) => {
      knob.held = logicalIds
    },
    deleteByHand: () => void world.leftovers.splice(0),
    forget: () => {
      for (const mock of mocks) mock.resetHistory()
    },
  }
}
