// Data around the life of a cluster with Lustre: imported once it is ready, which ready does not wait for, and exported
// before it is deleted, which the deletion waits for, up to a deadline. Each step begins with what the record says has
// begun; a task's token is the same however often it is asked for.
import { builtOf } from '../built.ts'
import type { Cloud, DataTask, NewDataTask, NewEvent, Stack } from '../cloud.ts'
import type { Cluster, DataImport, Flush } from '../cluster.ts'
import type { Context } from '../context.ts'
import type { Site } from '../site.ts'
import { lookAgainSeconds } from './decide.ts'
import { lookAgain, record } from './record.ts'

/** A task that failed is asked for again this often: what failed may pass, as a throttled bucket does. */
const furtherTries = 1
/** How often the progress of a long import is told. */
const tellSeconds = 600
/** Where the project's own data are on the file system, see cluster-configs/storage/lustre.yaml. Never the public ones. */
const exported = ['project/private']

export const movesData = ({ storage }: Site, cluster: Cluster): boolean =>
  storage.dataTasks === 'fsx' && builtOf(cluster).lustre

export async function importData(context: Context, cluster: Cluster): Promise<void> {
  const { cloud, site } = context
  const now = cloud.now().toISOString()
  const before: DataImport = cluster.dataImport ?? { phase: 'running', since: now, tries: 0, toldAt: now }
  const seconds = secondsSince(before.since, cloud)
  const fsxId = cluster.fsxId ?? (await cloud.getLustre(cluster.name))
  const goOn = (dataImport: DataImport, ...events: NewEvent[]) =>
    lookAgain(context, cluster, { dataImport, fsxId }, events, lookAgainSeconds(seconds))
  const end = (event: NewEvent) =>
    record(context, cluster, { dataImport: { ...before, phase: 'over' }, fsxId }, [event])

  if (seconds > site.limitSeconds.importing)
    return end(
      failure(
        'ImportTimedOut',
        `The import has not ended within ${site.limitSeconds.importing} seconds. ${later}`,
      ),
    )
  if (!fsxId) return goOn(before)
  const at = await moveOn(cloud, before, taskOf(cluster, fsxId, 'importing', before.tries))
  if (at.refused) return end(failure('ImportFailed', `FSx does not import: ${at.refused} ${later}`))
  if (at.started)
    return goOn({ ...before, taskId: at.started }, progress('The import of the data in S3 has begun.'))
  if (at.task?.state === 'done') return end(progress(`Imported from S3: ${counted(at.task)}.`))
  if (at.task?.state === 'failed') {
    if (before.tries < furtherTries) return goOn(nextTry(before))
    return end(failure('ImportFailed', `Imported from S3: ${counted(at.task)}. ${later}`))
  }
  if (!at.task || secondsSince(before.toldAt, cloud) < tellSeconds) return goOn(before)
  return goOn({ ...before, toldAt: now }, progress(`Imported from S3 so far: ${counted(at.task)}.`))
}

/** Since when data could have been imported. */
export const importSince = ({ dataImport, readyAt, statusSince }: Cluster): string =>
  dataImport?.since ?? readyAt ?? statusSince

/** The import is given up, since not even its state can be learned. */
export async function stopImport(context: Context, cluster: Cluster, why: string): Promise<void> {
  const since = importSince(cluster)
  const before: DataImport = cluster.dataImport ?? { phase: 'running', since, tries: 0, toldAt: since }
  await record(context, cluster, { dataImport: { ...before, phase: 'over' } }, [
    failure('ImportTimedOut', `${why} ${later}`),
  ])
}

export async function drain(context: Context, cluster: Cluster): Promise<void> {
  const { cloud, site } = context
  const now = cloud.now().toISOString()
  const flush: Flush = cluster.flush ?? { phase: 'draining', since: now, tries: 0 }
  const seconds = secondsSince(flush.since, cloud)
  const fleet = await cloud.stopFleet(cluster.name)
  if (fleet === 'stopping' && seconds <= site.limitSeconds.draining)
    return lookAgain(
      context,
      cluster,
      { flush },
      cluster.flush ? [] : [progress('The queues are stopped, and the nodes end.')],
      lookAgainSeconds(seconds),
    )
  const event =
    fleet === 'stopped'
      ? progress('No node runs any more.')
      : failure(
          'DrainTimedOut',
          `The nodes have not ended within ${site.limitSeconds.draining} seconds. What they write from now on may be lost.`,
        )
  await lookAgain(
    context,
    cluster,
    { flush: { phase: 'exporting', since: now, tries: 0 } },
    [event],
    lookAgainSeconds(0),
  )
}

export async function exportData(context: Context, cluster: Cluster, own: Stack): Promise<void> {
  const { cloud, site } = context
  const before = cluster.flush as Flush
  const now = cloud.now().toISOString()
  const seconds = secondsSince(before.since, cloud)
  const fsxId = cluster.fsxId ?? (await cloud.getLustre(cluster.name))
  const goOn = (flush: Flush, ...events: NewEvent[]) =>
    lookAgain(context, cluster, { flush, fsxId }, events, lookAgainSeconds(seconds))
  const end = (event: NewEvent) => {
    // A deletion that is tried again afterwards gets its whole time.
    const removal = cluster.removal && own.phase === 'stuck' ? { ...cluster.removal, since: now } : undefined
    const flush: Flush = { ...before, phase: 'over' }
    return lookAgain(context, cluster, { flush, fsxId, removal }, [event], lookAgainSeconds(0))
  }

  if (!fsxId) return end(progress('There is no Lustre file system, so there is nothing to export.'))
  if (seconds > site.limitSeconds.exporting)
    return end(
      failure(
        'ExportTimedOut',
        `The export has not ended within ${site.limitSeconds.exporting} seconds. ${lost}`,
      ),
    )
  const at = await moveOn(cloud, before, taskOf(cluster, fsxId, 'exporting', before.tries))
  if (at.refused) return end(failure('ExportFailed', `FSx does not export: ${at.refused} ${lost}`))
  // The import that is still under way, which would only delay what must not be lost.
  if (at.busy) await cloud.cancelDataTask(at.busy)
  if (at.started)
    return goOn(
      { ...before, taskId: at.started },
      progress('The export of /project/private to S3 has begun.'),
    )
  if (at.task?.state === 'done') return end(progress(`Exported to S3: ${counted(at.task)}.`))
  if (at.task?.state === 'failed') {
    if (before.tries < furtherTries) return goOn(nextTry(before))
    return end(failure('ExportFailed', `Exported to S3: ${counted(at.task)}. ${lost}`))
  }
  return goOn(before)
}

/** Starts the task where none is on record, else sees how far it is. One that FSx forgot has ended, nobody knows how. */
async function moveOn(
  cloud: Cloud,
  { taskId }: Pick<Flush, 'taskId'>,
  wanted: NewDataTask,
): Promise<{ started?: string; busy?: string; refused?: string; task?: DataTask }> {
  if (taskId) return { task: (await cloud.getDataTask(taskId)) ?? forgotten }
  const { taskId: started, busy, refused } = await cloud.startDataTask(wanted)
  return {
    ...(started ? { started } : {}),
    ...(busy ? { busy } : {}),
    ...(refused ? { refused } : {}),
  }
}

const taskOf = (
  { deploymentId }: Cluster,
  fileSystemId: string,
  kind: NewDataTask['kind'],
  tries: number,
): NewDataTask => ({
  token: `${deploymentId}-${kind}-${tries}`,
  fileSystemId,
  kind,
  paths: kind === 'exporting' ? exported : [],
})

const forgotten: DataTask = { state: 'failed', total: 0, succeeded: 0, failed: 0 }
const later = 'What is written to S3 from now on is imported by itself; the rest is not seen on this cluster.'
const lost = 'The deletion goes on: what was not exported is lost.'

/** The next try of a move that failed: another token, and so another task. */
function nextTry<T extends Flush | DataImport>({
  taskId: _taskId,
  ...move
}: T): Omit<T, 'taskId'> & { tries: number } {
  return { ...move, tries: move.tries + 1 }
}

const counted = ({ total, succeeded, failed, message }: DataTask): string =>
  [
    `${succeeded} of ${total} files`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(message ? [message] : []),
  ].join(', ')

const progress = (message: string): NewEvent => ({ type: 'Progress', message })
const failure = (reason: string, message: string): NewEvent => ({ type: 'Failure', reason, message })

const secondsSince = (time: string, cloud: Pick<Cloud, 'now'>): number =>
  Math.floor((cloud.now().getTime() - Date.parse(time)) / 1000)
