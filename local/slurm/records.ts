// What this site has running, written down so that a next start can end what a killed one left behind.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One process that we started; its start time tells it from a later one with the same number. */
export type StartedProcess = { pid: number; startTime: string }

export type ClusterRecord = {
  name: string
  processes: StartedProcess[]
  /** The veth device on the machine's side, for a cluster with namespaces. */
  device?: string
  /** The folder outside the state folder, for a cluster without namespaces' own root. */
  place?: string
  boot: string
}

/** Changes with each start of the machine, when all processes of before are gone and their numbers used anew. */
const bootId = (): string =>
  existsSync('/proc/sys/kernel/random/boot_id')
    ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    : ''

/** Field 22 of /proc/pid/stat, counted after the program's name, which may hold spaces. See proc(5). */
export function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

export const startedProcess = (pid: number): StartedProcess[] => {
  const time = startTime(pid)
  return time === undefined ? [] : [{ pid, startTime: time }]
}

export const isRunning = (process: StartedProcess): boolean => startTime(process.pid) === process.startTime

export const clusterFolder = (stateDir: string, name: string): string => join(stateDir, 'clusters', name)

export async function writeRecord(stateDir: string, record: Omit<ClusterRecord, 'boot'>): Promise<void> {
  const folder = clusterFolder(stateDir, record.name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, 'record.json'), JSON.stringify({ ...record, boot: bootId() }))
}

/** What an earlier run left. Processes of an earlier start of the machine are not listed: they are gone. */
export function readRecords(stateDir: string): ClusterRecord[] {
  const folder = join(stateDir, 'clusters')
  if (!existsSync(folder)) return []
  return readdirSync(folder).map((name): ClusterRecord => {
    const path = join(folder, name, 'record.json')
    if (!existsSync(path)) return { name, processes: [], boot: '' }
    const record = JSON.parse(readFileSync(path, 'utf8')) as ClusterRecord
    return record.boot === bootId() ? record : { name, processes: [], boot: record.boot }
  })
}

/** Removes a cluster's folder. What is mounted there is mounted in the cluster's namespace only, never here. */
export const removeFolder = (stateDir: string, name: string): Promise<void> =>
  rm(clusterFolder(stateDir, name), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
