// The data of clusters with Lustre: a fleet that takes its time to stop, and a file system that works on one task at a time.
import type { Cloud, DataTask, NewDataTask } from '../../core/cloud.ts'

export const dataKnobs = () => ({
  drainSeconds: 40,
  taskSeconds: 30,
  files: 7,
  /** How many of the next tasks end as failed. */
  failingTasks: 0,
  /** FSx's reason for not taking any task. */
  refusesTasks: undefined as string | undefined,
})

export type Task = NewDataTask & { id: string; until: number; state: DataTask['state'] }

export function lustre(
  now: () => number,
  knob: ReturnType<typeof dataKnobs>,
  isThere: (clusterName: string) => boolean,
) {
  const tasks: Task[] = []
  const stopped = new Map<string, number>()
  const settled = (): Task[] => {
    for (const task of tasks) if (task.state === 'running' && task.until <= now()) finish(task)
    return tasks
  }
  function finish(task: Task): void {
    task.state = knob.failingTasks > 0 ? 'failed' : 'done'
    if (task.state === 'failed') knob.failingTasks--
  }
  const calls: Pick<Cloud, 'getLustre' | 'stopFleet' | 'startDataTask' | 'getDataTask' | 'cancelDataTask'> = {
    getLustre: async (clusterName) => (isThere(clusterName) ? `fs-${clusterName}` : undefined),
    async stopFleet(clusterName) {
      if (!isThere(clusterName)) return 'stopped'
      const at = stopped.get(clusterName) ?? now() + knob.drainSeconds * 1000
      stopped.set(clusterName, at)
      return at <= now() ? 'stopped' : 'stopping'
    },
    async startDataTask(wanted) {
      const same = settled().find(({ token }) => token === wanted.token)
      if (same) return { taskId: same.id }
      if (knob.refusesTasks) return { refused: knob.refusesTasks }
      const busy = tasks.find((one) => one.fileSystemId === wanted.fileSystemId && one.state === 'running')
      if (busy) return { busy: busy.id }
      const id = `task-${tasks.length + 1}`
      tasks.push({ ...wanted, id, state: 'running', until: now() + knob.taskSeconds * 1000 })
      return { taskId: id }
    },
    async getDataTask(taskId) {
      const task = settled().find(({ id }) => id === taskId)
      if (!task) return undefined
      const succeeded = task.state === 'done' ? knob.files : 0
      const failed = task.state === 'failed' ? knob.files : 0
      return { state: task.state, total: knob.files, succeeded, failed }
    },
    async cancelDataTask(taskId) {
      const task = settled().find(({ id }) => id === taskId)
      if (task?.state === 'running') task.state = 'failed'
    },
  }
  return { tasks, stopped, calls }
}
