// AWS's errors in our words.
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type StackStatus,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import { DeleteKeyPairCommand } from '@aws-sdk/client-ec2'
import { BatchGetCommand, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { translate } from '../../aws/errors.ts'
import type { StackPhase } from '../../core/cloud.ts'
import { isAppError } from '../../core/errors.ts'
import { aCluster } from '../core/samples.ts'
import { codeOf } from '../wishes.ts'
import { fakeAws, named } from './fake-aws.ts'

let aws: ReturnType<typeof fakeAws>
beforeEach(() => {
  aws = fakeAws()
})
const commit = () => aws.cloud.commit({ before: undefined, after: aCluster(), events: [] })
const cancelled = (...codes: string[]) =>
  named('TransactionCanceledException', 'cancelled', { CancellationReasons: codes.map((Code) => ({ Code })) })

describe('an error of AWS', () => {
  const passing = [
    { error: named('ThrottlingException'), because: 'we were too fast' },
    { error: named('RequestLimitExceeded'), because: 'EC2 says it so' },
    { error: named('ProvisionedThroughputExceededException'), because: 'DynamoDB says it so' },
    { error: named('LimitExceededException'), because: 'stacks are deleted some time' },
    { error: named('TimeoutError'), because: 'no answer came in time' },
    { error: named('Error', 'x', { code: 'ECONNRESET' }), because: 'the connection broke' },
    {
      error: named('SomethingNew', 'x', { $fault: 'server' }),
      because: 'the service says that it is its fault',
    },
  ]
  it.each(passing)('$error.name is Unavailable, because $because', ({ error }) => {
    const told = translate(error)
    expect(isAppError(told, 'Unavailable')).toBe(true)
    expect(told).toMatchObject({ cause: error, retryAfterSeconds: expect.any(Number) })
  })

  it.each([named('AccessDeniedException'), named('ValidationException', 'x', { $fault: 'client' }), 'text'])(
    '%s passes through untouched',
    (error) => {
      expect(translate(error)).toBe(error)
    },
  )

  it('is translated wherever it comes from', async () => {
    aws.dynamodb.on(GetCommand).rejects(named('ThrottlingException'))
    expect(await codeOf(aws.cloud.getCluster('a'))).toBe('Unavailable')
    aws.keyPairs.on(DeleteKeyPairCommand).rejects(named('InvalidKeyPair.NotFound'))
    await aws.cloud.deleteKeyPair('a')
    aws.dynamodb.on(BatchGetCommand).resolves({ UnprocessedKeys: { slots: { Keys: [{ slot: 1 }] } } })
    expect(await codeOf(aws.cloud.getClusterAndFreeSlots('a', [1]))).toBe('Unavailable')
  })
})

describe('a transaction that is cancelled', () => {
  it('because another was under way is tried again', async () => {
    aws.dynamodb.on(TransactWriteCommand).rejectsOnce(cancelled('TransactionConflict', 'None')).resolves({})
    await commit()
    expect(aws.dynamodb.commandCalls(TransactWriteCommand)).toHaveLength(2)
  })

  it.each([
    { codes: ['None', 'TransactionConflict'], code: 'Conflict', calls: 4, because: 'others never cease' },
    { codes: ['ConditionalCheckFailed', 'None'], code: 'Conflict', calls: 1, because: 'another was first' },
    { codes: ['ConditionalCheckFailed', 'TransactionConflict'], code: 'Conflict', calls: 1, because: 'both' },
    { codes: ['ThrottlingError', 'None'], code: 'Unavailable', calls: 1, because: 'we were too fast' },
  ])('by $codes is $code after $calls, because $because', async ({ codes, code, calls }) => {
    aws.dynamodb.on(TransactWriteCommand).rejects(cancelled(...codes))
    expect(await codeOf(commit())).toBe(code)
    expect(aws.dynamodb.commandCalls(TransactWriteCommand)).toHaveLength(calls)
  })

  it('because it is wrong is no conflict: nobody would hear of it', async () => {
    aws.dynamodb.on(TransactWriteCommand).rejects(cancelled('ValidationError', 'None'))
    await expect(commit()).rejects.toThrow('cancelled')
    await expect(commit()).rejects.not.toSatisfy((error) => isAppError(error))
  })
})

describe('a stack', () => {
  it.each<[StackStatus, StackPhase]>([
    ['CREATE_IN_PROGRESS', 'creating'],
    ['ROLLBACK_IN_PROGRESS', 'creating'],
    ['REVIEW_IN_PROGRESS', 'creating'],
    ['CREATE_COMPLETE', 'ready'],
    ['UPDATE_IN_PROGRESS', 'updating'],
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'updating'],
    ['UPDATE_ROLLBACK_IN_PROGRESS', 'updating'],
    ['UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', 'updating'],
    ['UPDATE_COMPLETE', 'ready'],
    ['UPDATE_ROLLBACK_COMPLETE', 'reverted'],
    ['UPDATE_ROLLBACK_FAILED', 'halfway'],
    ['UPDATE_FAILED', 'halfway'],
    ['IMPORT_COMPLETE', 'ready'],
    ['CREATE_FAILED', 'failed'],
    ['ROLLBACK_COMPLETE', 'failed'],
    ['ROLLBACK_FAILED', 'failed'],
    ['DELETE_IN_PROGRESS', 'deleting'],
    ['DELETE_FAILED', 'stuck'],
    ['DELETE_COMPLETE', 'absent'],
  ])('in %s is %s', async (StackStatus, phase) => {
    const Stacks = [{ StackName: 'a', StackId: 'arn', CreationTime: new Date(), StackStatus }]
    aws.formation.on(DescribeStacksCommand).resolves({ Stacks })
    expect((await aws.cloud.getStack('a')).phase).toBe(phase)
  })

  it('that cannot be looked at is not absent', async () => {
    aws.formation.on(DescribeStacksCommand).rejects(named('ValidationError', 'Rate exceeded'))
    await expect(aws.cloud.getStack('a')).rejects.toThrow()
    aws.formation.on(DescribeStacksCommand).rejects(named('Throttling', 'Rate exceeded'))
    expect(await codeOf(aws.cloud.getStack('a'))).toBe('Unavailable')
  })

  const stack = { name: 'a', template: {}, tags: {}, roleArn: 'arn' }
  it.each([
    [named('AlreadyExistsException'), {}],
    [named('ValidationError', 'Template format error'), { refused: 'Template format error' }],
    [named('InsufficientCapabilitiesException', 'Requires'), { refused: 'Requires' }],
  ])('whose creation ends with %s answers %j', async (error, answer) => {
    aws.formation.on(CreateStackCommand).rejects(error)
    expect(await aws.cloud.createStack(stack)).toEqual(answer)
  })

  it.each([
    [named('ValidationError', 'No updates are to be performed.'), { done: true }],
    [
      named('ValidationError', 'is in UPDATE_IN_PROGRESS state'),
      { refused: 'is in UPDATE_IN_PROGRESS state' },
    ],
    [named('InsufficientCapabilitiesException', 'Requires'), { refused: 'Requires' }],
  ])('whose update ends with %s answers %j', async (error, answer) => {
    aws.formation.on(UpdateStackCommand).rejects(error)
    expect(await aws.cloud.updateStack(stack)).toEqual(answer)
  })

  it('that is being updated is not deleted yet, which is no failure; any other refusal is', async () => {
    aws.formation
      .on(DeleteStackCommand)
      .rejects(named('ValidationError', 'Stack [a] cannot be deleted while in status UPDATE_IN_PROGRESS'))
    await aws.cloud.deleteStack('a')
    aws.formation
      .on(DeleteStackCommand)
      .rejects(named('ValidationError', 'cannot be deleted while TerminationProtection is enabled'))
    await expect(aws.cloud.deleteStack('a')).rejects.toThrow('TerminationProtection')
  })

  it.each([
    { error: named('LimitExceededException'), because: 'there are too many' },
    { error: named('Throttling', 'Rate exceeded'), because: 'too many were begun at once' },
    { error: named('ValidationError', 'Rate exceeded'), because: 'so were they, said by another code' },
  ])('that cannot be created now, because $because, is Unavailable and no failure', async ({ error }) => {
    aws.formation.on(CreateStackCommand).rejects(error)
    expect(await codeOf(aws.cloud.createStack(stack))).toBe('Unavailable')
  })

  it('that nobody knows any more gives no reason', async () => {
    const error = named('ValidationError', 'Stack [arn] does not exist')
    aws.formation.on(DescribeStackEventsCommand).rejects(error)
    expect(await aws.cloud.getStackFailure('arn')).toBeUndefined()
  })
})
