// FSx, a cluster's stack and its compute fleet's table as the SDK shows them, over the one in memory.
import * as cfn from '@aws-sdk/client-cloudformation'
import * as fsx from '@aws-sdk/client-fsx'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { type AwsStub, mockClient } from 'aws-sdk-client-mock'
import type { Leftover } from '../../core/cluster.ts'
import { dataKnobs, lustre } from '../world/lustre.ts'
import { named } from './fake-aws.ts'

// biome-ignore lint/suspicious/noExplicitAny: the mocks of different clients share no other type.
type Stub = AwsStub<any, any, any>

export function fakeLustre(
  now: () => number,
  isThere: (name: string) => boolean,
  heldOf: (stackName: string) => Promise<Leftover[]>,
  dynamodb: Stub,
  formation: Stub,
) {
  const client = mockClient(fsx.FSxClient)
  const { calls, tasks } = lustre(now, dataKnobs(), isThere)
  const types = { importing: 'IMPORT_METADATA_FROM_REPOSITORY', exporting: 'EXPORT_TO_REPOSITORY' } as const
  const lifecycles = { running: 'EXECUTING', done: 'SUCCEEDED', failed: 'FAILED' } as const
  const described = (task: (typeof tasks)[number]) => ({
    TaskId: task.id,
    Type: types[task.kind],
    Lifecycle: lifecycles[task.state],
    Status: { TotalCount: 7, SucceededCount: task.state === 'done' ? 7 : 0, FailedCount: 0 },
  })

  client.on(fsx.CreateDataRepositoryTaskCommand).callsFake(async (input) => {
    const { taskId, busy } = await calls.startDataTask({
      token: input.ClientRequestToken,
      fileSystemId: input.FileSystemId,
      kind: input.Type === types.importing ? 'importing' : 'exporting',
      paths: input.Paths ?? [],
    })
    if (busy) throw named('DataRepositoryTaskExecuting')
    return { DataRepositoryTask: { TaskId: taskId } }
  })
  client.on(fsx.DescribeDataRepositoryTasksCommand).callsFake(async ({ TaskIds, Filters }) => {
    if (TaskIds && !(await calls.getDataTask(TaskIds[0]))) throw named('DataRepositoryTaskNotFound')
    const of = Filters?.find(({ Name }: fsx.DataRepositoryTaskFilter) => Name === 'file-system-id')?.Values[0]
    const found = tasks.filter((task) =>
      TaskIds ? TaskIds.includes(task.id) : task.fileSystemId === of && task.state === 'running',
    )
    return { DataRepositoryTasks: found.map(described) }
  })
  client.on(fsx.CancelDataRepositoryTaskCommand).callsFake(async ({ TaskId }) => {
    const task = await calls.getDataTask(TaskId)
    if (task?.state !== 'running') throw named('DataRepositoryTaskEnded')
    await calls.cancelDataTask(TaskId)
    return {}
  })

  formation.on(cfn.ListStackResourcesCommand).callsFake(async ({ StackName }) => {
    const held = await heldOf(StackName)
    if (held.length > 0) return { StackResourceSummaries: held.map(resource) }
    const PhysicalResourceId = await calls.getLustre(StackName)
    if (!PhysicalResourceId) throw named('ValidationError', `Stack with id ${StackName} does not exist`)
    return {
      StackResourceSummaries: [
        { ResourceType: 'AWS::EC2::Instance', PhysicalResourceId: 'i-1' },
        { ResourceType: 'AWS::FSx::FileSystem', PhysicalResourceId },
      ],
    }
  })

  const requested = new Set<string>()
  const nameOf = (TableName: string) => TableName.replace(/^parallelcluster-/, '')
  dynamodb.on(UpdateCommand).callsFake(async ({ TableName }) => {
    requested.add(nameOf(TableName))
    await calls.stopFleet(nameOf(TableName))
    return {}
  })
  /** What GetItem answers for ParallelCluster's table of a cluster. */
  const fleetItem = async (TableName: string) => {
    const name = nameOf(TableName)
    if (!isThere(name)) throw named('ResourceNotFoundException')
    const state = requested.has(name) ? await calls.stopFleet(name) : 'running'
    const status = { running: 'RUNNING', stopping: 'STOPPING', stopped: 'STOPPED' }[state]
    return { Item: { Id: 'COMPUTE_FLEET', Data: { status } } }
  }
  return { client, fleetItem }
}

const resource = ({ logicalId, type, physicalId, reason }: Leftover) => ({
  LogicalResourceId: logicalId,
  ResourceType: type,
  PhysicalResourceId: physicalId,
  ResourceStatus: 'DELETE_FAILED',
  ResourceStatusReason: reason,
})
