// What we send for a Lustre cluster's data, to the letter: none of it runs in the emulator.
import { ListStackResourcesCommand } from '@aws-sdk/client-cloudformation'
import { CreateDataRepositoryTaskCommand, DescribeDataRepositoryTasksCommand } from '@aws-sdk/client-fsx'
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { codeOf } from '../wishes.ts'
import { fakeAws, named } from './fake-aws.ts'

let aws: ReturnType<typeof fakeAws>
beforeEach(() => {
  aws = fakeAws()
})
const anExport = {
  token: 'd-exporting-0',
  fileSystemId: 'fs-1',
  kind: 'exporting',
  paths: ['project/private'],
} as const
const anImport = { token: 'd-importing-0', fileSystemId: 'fs-1', kind: 'importing', paths: [] } as const
const start = (task: typeof anExport | typeof anImport) =>
  aws.cloud.startDataTask({ ...task, paths: [...task.paths] })

describe('a data repository task', () => {
  it('exports the directories that it names, without a report among the project’s data', async () => {
    await start(anExport)
    expect(aws.fsx.commandCalls(CreateDataRepositoryTaskCommand)[0]?.args[0].input).toEqual({
      Type: 'EXPORT_TO_REPOSITORY',
      FileSystemId: 'fs-1',
      Paths: ['project/private'],
      Report: { Enabled: false },
      ClientRequestToken: 'd-exporting-0',
    })
  })

  it('imports all that is linked', async () => {
    await start(anImport)
    expect(aws.fsx.commandCalls(CreateDataRepositoryTaskCommand)[0]?.args[0].input).toEqual({
      Type: 'IMPORT_METADATA_FROM_REPOSITORY',
      FileSystemId: 'fs-1',
      Report: { Enabled: false },
      ClientRequestToken: 'd-importing-0',
    })
  })

  const executing = (Type: string) => {
    aws.fsx.on(CreateDataRepositoryTaskCommand).rejects(named('DataRepositoryTaskExecuting'))
    aws.fsx.on(DescribeDataRepositoryTasksCommand).resolves({
      DataRepositoryTasks: [{ TaskId: 'task-9', Type, Lifecycle: 'EXECUTING' }] as never,
    })
  }
  it('that was started without anybody hearing of it is found again', async () => {
    executing('EXPORT_TO_REPOSITORY')
    expect(await start(anExport)).toEqual({ taskId: 'task-9' })
  })

  it('of another kind is named to whoever has to wait for it', async () => {
    executing('IMPORT_METADATA_FROM_REPOSITORY')
    expect(await start(anExport)).toEqual({ busy: 'task-9' })
  })

  it.each(['BadRequest', 'FileSystemNotFound', 'UnsupportedOperation'])(
    'that FSx refuses as %s is refused for good',
    async (name) => {
      aws.fsx.on(CreateDataRepositoryTaskCommand).rejects(named(name, 'because'))
      expect(await start(anExport)).toEqual({ refused: 'because' })
    },
  )

  it('is asked for again when FSx did not answer', async () => {
    aws.fsx.on(CreateDataRepositoryTaskCommand).rejects(named('InternalServerError'))
    expect(await codeOf(start(anExport))).toBe('Unavailable')
  })

  it.each([
    ['PENDING', 'running'],
    ['EXECUTING', 'running'],
    ['CANCELING', 'running'],
    ['SUCCEEDED', 'done'],
    ['FAILED', 'failed'],
    ['CANCELED', 'failed'],
  ])('in %s is %s', async (Lifecycle, state) => {
    aws.fsx.on(DescribeDataRepositoryTasksCommand).resolves({
      DataRepositoryTasks: [
        {
          Lifecycle,
          Status: { TotalCount: 5, SucceededCount: 3, FailedCount: 2 },
          FailureDetails: { Message: 'two names' },
        },
      ] as never,
    })
    expect(await aws.cloud.getDataTask('task-1')).toEqual({
      ...{ state, total: 5, succeeded: 3, failed: 2, message: 'two names' },
    })
  })
})

describe('a compute fleet', () => {
  const fleet = (status: string) =>
    aws.dynamodb.on(GetCommand).resolves({ Item: { Id: 'COMPUTE_FLEET', Data: { status } } })

  it.each(['RUNNING', 'PROTECTED', 'STARTING', 'START_REQUESTED'])(
    'that is %s is asked to stop, unless it changes in that moment',
    async (status) => {
      fleet(status)
      expect(await aws.cloud.stopFleet('hpc-a')).toBe('stopping')
      expect(aws.dynamodb.commandCalls(UpdateCommand)[0]?.args[0].input).toMatchObject({
        TableName: 'parallelcluster-hpc-a',
        Key: { Id: 'COMPUTE_FLEET' },
        ConditionExpression: '#data.#status = :seen',
        ExpressionAttributeValues: {
          ':requested': 'STOP_REQUESTED',
          ':seen': status,
          ':now': expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/),
        },
      })
      aws.dynamodb.on(UpdateCommand).rejects(named('ConditionalCheckFailedException'))
      expect(await aws.cloud.stopFleet('hpc-a')).toBe('stopping')
    },
  )

  it.each([
    ['STOP_REQUESTED', 'stopping'],
    ['STOPPING', 'stopping'],
    ['STOPPED', 'stopped'],
  ])('that is %s is %s, and not asked again', async (status, answer) => {
    fleet(status)
    expect(await aws.cloud.stopFleet('hpc-a')).toBe(answer)
    expect(aws.dynamodb.commandCalls(UpdateCommand)).toEqual([])
  })
})

it('a file system is looked for on every page of the stack', async () => {
  aws.formation
    .on(ListStackResourcesCommand, { StackName: 'hpc-a' })
    .resolves({ NextToken: '1', StackResourceSummaries: [] })
    .on(ListStackResourcesCommand, { StackName: 'hpc-a', NextToken: '1' })
    .resolves({
      StackResourceSummaries: [{ ResourceType: 'AWS::FSx::FileSystem', PhysicalResourceId: 'fs-1' }] as never,
    })
  expect(await aws.cloud.getLustre('hpc-a')).toBe('fs-1')
})

it('a file system that a stuck deletion has deleted is none', async () => {
  const fileSystem = { ResourceType: 'AWS::FSx::FileSystem', PhysicalResourceId: 'fs-1' }
  const told = (ResourceStatus: string) =>
    aws.formation
      .on(ListStackResourcesCommand, { StackName: 'hpc-a' })
      .resolves({ StackResourceSummaries: [{ ...fileSystem, ResourceStatus }] as never })
  told('DELETE_COMPLETE')
  expect(await aws.cloud.getLustre('hpc-a')).toBeUndefined()
  told('DELETE_FAILED')
  expect(await aws.cloud.getLustre('hpc-a')).toBe('fs-1')
})
