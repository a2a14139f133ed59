// What we send to AWS exactly, where it matters.
import {
  CreateStackCommand,
  DescribeStackEventsCommand,
  type StackEvent,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import { DescribeInstanceTypeOfferingsCommand, ImportKeyPairCommand } from '@aws-sdk/client-ec2'
import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { CreateSecretCommand, DeleteSecretCommand } from '@aws-sdk/client-secrets-manager'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { BatchGetCommand, GetCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { aCluster } from '../core/samples.ts'
import { codeOf } from '../wishes.ts'
import { fakeAws } from './fake-aws.ts'

let aws: ReturnType<typeof fakeAws>
beforeEach(() => {
  aws = fakeAws()
})
const tags = [{ Key: 'lab', Value: 'one' }]

describe('we send', () => {
  it('a secret with its tags, and delete it without a time to recover it, since its name never comes again', async () => {
    await aws.cloud.createSecret('a/b', 'value', { lab: 'one' })
    await aws.cloud.deleteSecret('a/b')
    expect(aws.secrets.commandCalls(CreateSecretCommand)[0]?.args[0].input).toEqual({
      Name: 'a/b',
      SecretString: 'value',
      Tags: tags,
    })
    expect(aws.secrets.commandCalls(DeleteSecretCommand)[0]?.args[0].input).toEqual({
      SecretId: 'a/b',
      ForceDeleteWithoutRecovery: true,
    })
  })

  it('a public key as bytes, tagged as a key pair', async () => {
    await aws.cloud.importKeyPair('a', 'ssh-ed25519 AAAA', { lab: 'one' })
    const { PublicKeyMaterial, TagSpecifications } =
      aws.keyPairs.commandCalls(ImportKeyPairCommand)[0]?.args[0].input ?? {}
    expect(new TextDecoder().decode(PublicKeyMaterial)).toBe('ssh-ed25519 AAAA')
    expect(TagSpecifications).toEqual([{ ResourceType: 'key-pair', Tags: tags }])
  })

  it('a stack with its service role, its tags, and the capability for its named policy', async () => {
    const template = {
      Resources: { Subnet: { Properties: {} }, Cluster: { Properties: { ClusterName: 'x' } } },
    }
    await aws.cloud.createStack({ name: 'one', template, tags: { lab: 'one' }, roleArn: 'arn:role' })
    expect(aws.formation.commandCalls(CreateStackCommand)[0]?.args[0].input).toEqual({
      StackName: 'one',
      TemplateBody: JSON.stringify(template),
      Tags: tags,
      RoleARN: 'arn:role',
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    })
  })

  it('a notice with the bus, its source and its time, and fail when a single one of them did not go out', async () => {
    const detail = {
      ...{
        version: '1' as const,
        id: '1',
        cluster: 'hpc-a',
        virtualLab: 'a',
        project: 'b',
        deploymentId: '01k0',
      },
      ...{
        at: '2026-08-01T00:00:00.000Z',
        status: 'CREATE_COMPLETE' as const,
        message: 'Ready.',
        jobLogGroup: '/a',
      },
    }
    const notice = { type: 'Cluster Ready' as const, detail }
    await aws.cloud.publish([notice])
    expect(aws.bus.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries).toEqual([
      {
        EventBusName: 'bus',
        Source: 'hpc-provisioner',
        DetailType: 'Cluster Ready',
        Time: new Date(detail.at),
        Resources: [],
        Detail: JSON.stringify(detail),
      },
    ])
    aws.bus
      .on(PutEventsCommand)
      .resolves({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] })
    expect(await codeOf(aws.cloud.publish([notice]))).toBe('Unavailable')
  })

  it('an update with the role and the tags of the creation, since the provider refuses changed tags', async () => {
    const stack = { name: 'one', template: { a: 1 }, tags: { lab: 'one' }, roleArn: 'arn:role' }
    await aws.cloud.updateStack(stack)
    expect(aws.formation.commandCalls(UpdateStackCommand)[0]?.args[0].input).toEqual({
      StackName: 'one',
      TemplateBody: '{"a":1}',
      Tags: tags,
      RoleARN: 'arn:role',
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    })
  })

  it('a message with its delay', async () => {
    await aws.cloud.wake({ name: 'a', deploymentId: 'd' }, 30)
    expect(aws.queue.commandCalls(SendMessageCommand)[0]?.args[0].input).toMatchObject({
      QueueUrl: 'https://sqs/queue',
      DelaySeconds: 30,
    })
  })

  it('reads that see every write before them', async () => {
    await aws.cloud.getCluster('a')
    await aws.cloud.getClusterAndFreeSlots('a', [1, 2], 'lab')
    await aws.cloud.getQueue()
    await aws.cloud.listEvents({ name: 'a', limit: 5 })
    expect(aws.dynamodb.commandCalls(GetCommand)[0]?.args[0].input.ConsistentRead).toBe(true)
    const items = aws.dynamodb.commandCalls(BatchGetCommand)[0]?.args[0].input.RequestItems ?? {}
    expect(Object.values(items).map(({ ConsistentRead }) => ConsistentRead)).toEqual([true, true, true])
    for (const { args } of aws.dynamodb.commandCalls(QueryCommand))
      expect(args[0].input.ConsistentRead).toBe(true)
  })

  it('a record, its slot and its events in one transaction, each with its condition', async () => {
    await aws.cloud.commit({ before: undefined, after: aCluster(), events: [{ type: 'Wish', message: 'x' }] })
    const { TransactItems = [] } = aws.dynamodb.commandCalls(TransactWriteCommand)[0]?.args[0].input ?? {}
    const writes = TransactItems.map(({ Put, Update }) => Put ?? Update)
    expect(writes.map((write) => [write?.TableName, write?.ConditionExpression])).toEqual([
      ['clusters', 'attribute_not_exists(#name)'],
      ['slots', 'attribute_not_exists(#slot)'],
      ['operations', undefined],
      ['events', undefined],
    ])
  })

  it("a list's cursor back only within what was asked: it opens no other lab and no other history", async () => {
    const cursor = (key: object) => Buffer.from(JSON.stringify(key)).toString('base64url')
    await aws.cloud.listEvents({ name: 'mine', limit: 5, cursor: cursor({ cluster: 'theirs', id: '1' }) })
    await aws.cloud.listClusters({
      limit: 5,
      virtualLab: 'mine',
      cursor: cursor({ name: 'x', virtualLab: 'theirs' }),
    })
    const starts = aws.dynamodb
      .commandCalls(QueryCommand)
      .map(({ args: [{ input }] }) => input.ExclusiveStartKey)
    expect(starts).toEqual([
      { cluster: 'mine', id: '1' },
      { name: 'x', virtualLab: 'mine' },
    ])
  })

  it('no question for events that are older than the last update', async () => {
    const own = (ResourceStatus: string) => ({ StackId: 'arn', PhysicalResourceId: 'arn', ResourceStatus })
    const failed = (LogicalResourceId: string) => ({
      ...{ StackId: 'arn', PhysicalResourceId: 'x', LogicalResourceId },
      ...{ ResourceStatus: 'UPDATE_FAILED', ResourceStatusReason: 'because' },
    })
    aws.formation.on(DescribeStackEventsCommand).resolves({
      NextToken: '1',
      StackEvents: [
        own('UPDATE_ROLLBACK_COMPLETE'),
        failed('Second'),
        failed('First'),
        own('UPDATE_IN_PROGRESS'),
        own('UPDATE_ROLLBACK_COMPLETE'),
        failed('Earlier'),
      ] as StackEvent[],
    })
    expect(await aws.cloud.getStackFailure('arn')).toBe('First: because')
    expect(aws.formation.commandCalls(DescribeStackEventsCommand)).toHaveLength(1)
  })

  it('for every page of events and offerings', async () => {
    const failed = (LogicalResourceId: string) => ({
      LogicalResourceId,
      ResourceStatus: 'CREATE_FAILED',
      ResourceStatusReason: 'because',
    })
    const pages =
      (...answers: object[]) =>
      async ({ NextToken }: { NextToken?: string }) =>
        answers[Number(NextToken ?? 0)]
    const events = pages(
      { NextToken: '1', StackEvents: [failed('Late')] },
      { StackEvents: [failed('Early')] },
    )
    aws.formation.on(DescribeStackEventsCommand).callsFake(events)
    expect(await aws.cloud.getStackFailure('arn')).toBe('Early: because')
    const offered = (InstanceType: string, Location: string) => ({ InstanceType, Location })
    const offerings = pages(
      { NextToken: '1', InstanceTypeOfferings: [offered('a', 'z1')] },
      { InstanceTypeOfferings: [offered('b', 'z1'), offered('a', 'z2')] },
    )
    aws.keyPairs.on(DescribeInstanceTypeOfferingsCommand).callsFake(offerings)
    expect(await aws.cloud.zonesOffering(['a', 'b'], ['z1', 'z2'])).toEqual(['z1'])
  })
})
