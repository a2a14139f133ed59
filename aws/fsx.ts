// Data repository tasks: what moves data between a cluster's Lustre and its buckets.
// https://docs.aws.amazon.com/fsx/latest/LustreGuide/data-repository-tasks.html
import {
  CancelDataRepositoryTaskCommand,
  CreateDataRepositoryTaskCommand,
  DescribeDataRepositoryTasksCommand,
  FSxClient,
  type FSxClientConfig,
} from '@aws-sdk/client-fsx'
import type { Cloud, DataTask } from '../core/cloud.ts'
import { isNamed, sending } from './errors.ts'

const types = { importing: 'IMPORT_METADATA_FROM_REPOSITORY', exporting: 'EXPORT_TO_REPOSITORY' } as const
// FSx API reference, DataRepositoryTask, Lifecycle; all others are ends that are no success.
const states: Record<string, DataTask['state']> = {
  PENDING: 'running',
  EXECUTING: 'running',
  CANCELING: 'running',
  SUCCEEDED: 'done',
}
const refusals = ['BadRequest', 'FileSystemNotFound', 'UnsupportedOperation', 'IncompatibleParameterError']

export function fsx(
  config: FSxClientConfig,
): Pick<Cloud, 'startDataTask' | 'getDataTask' | 'cancelDataTask'> {
  const client = new FSxClient(config)

  /** The task that the file system works on, of which there is one at a time. */
  const underWay = async (fileSystemId: string) => {
    const { DataRepositoryTasks = [] } = await sending(
      client.send(
        new DescribeDataRepositoryTasksCommand({
          Filters: [
            { Name: 'file-system-id', Values: [fileSystemId] },
            { Name: 'task-lifecycle', Values: ['PENDING', 'EXECUTING', 'CANCELING'] },
          ],
        }),
      ),
    )
    return DataRepositoryTasks[0]
  }

  return {
    async startDataTask({ token, fileSystemId, kind, paths }) {
      try {
        const { DataRepositoryTask } = await sending(
          client.send(
            new CreateDataRepositoryTaskCommand({
              Type: types[kind],
              FileSystemId: fileSystemId,
              ...(paths.length > 0 ? { Paths: paths } : {}),
              // It would be one more object in the project's prefix, and would come back as a file.
              Report: { Enabled: false },
              ClientRequestToken: token,
            }),
          ),
        )
        return { taskId: DataRepositoryTask?.TaskId as string }
      } catch (error) {
        if (isNamed(error, ...refusals)) return { refused: error.message }
        if (!isNamed(error, 'DataRepositoryTaskExecuting')) throw error
        const task = await underWay(fileSystemId)
        // Nobody else starts any: one of the same kind is ours, whose start was not recorded.
        if (task?.Type === types[kind]) return { taskId: task.TaskId as string }
        return task?.TaskId ? { busy: task.TaskId } : {}
      }
    },

    async getDataTask(taskId) {
      try {
        const { DataRepositoryTasks = [] } = await sending(
          client.send(new DescribeDataRepositoryTasksCommand({ TaskIds: [taskId] })),
        )
        const [task] = DataRepositoryTasks
        if (!task) return undefined
        const { TotalCount = 0, SucceededCount = 0, FailedCount = 0 } = task.Status ?? {}
        const message = task.FailureDetails?.Message
        return {
          state: states[task.Lifecycle ?? ''] ?? 'failed',
          total: TotalCount,
          succeeded: SucceededCount,
          failed: FailedCount,
          ...(message ? { message } : {}),
        }
      } catch (error) {
        if (isNamed(error, 'DataRepositoryTaskNotFound', 'FileSystemNotFound')) return undefined
        throw error
      }
    },

    async cancelDataTask(taskId) {
      try {
        await sending(client.send(new CancelDataRepositoryTaskCommand({ TaskId: taskId })))
      } catch (error) {
        if (!isNamed(error, 'DataRepositoryTaskEnded', 'DataRepositoryTaskNotFound')) throw error
      }
    },
  }
}
