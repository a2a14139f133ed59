// What jobs used, by project, user, queue and day, counted from Slurm's job records. Days are UTC's.
import type { Tenant } from '../names.ts'

export type UsageQuery = {
  virtualLab?: string | undefined
  project?: string | undefined
  /** Days as in 2026-11-22; both count. */
  from: string
  to: string
  /** At most so many projects, of which each comes whole. */
  limit: number
  cursor?: string | undefined
}

/** What one user's jobs of one queue used on one day. */
export type UsageRow = Tenant & {
  day: string
  queue: string
  user: string
  /** Those that started on that day, so that sums over days count each job once. */
  jobs: number
  nodeHours: number
  /** Of allocated CPUs, as Slurm counts them. */
  coreHours: number
}

/** A job as slurmdbd keeps it. Times are seconds since 1970. */
export type JobRecord = {
  startedAt: number
  /** 0 for a job that still runs. */
  endedAt: number
  nodes: number
  cpus: number
  queue: string
  user: string
}

/** Seconds since 1970: from the first moment of `from` to the last of `to`, but no later than now. */
export type Span = { since: number; until: number }

const daySeconds = 86_400
const dayOf = (second: number): string => new Date(second * 1000).toISOString().slice(0, 10)

export const spanOf = ({ from, to }: { from: string; to: string }, now: Date): Span => ({
  since: Date.parse(from) / 1000,
  until: Math.min(Date.parse(to) / 1000 + daySeconds, Math.floor(now.getTime() / 1000)),
})

/** The parts of a time from one moment to another that lie in each day; nothing where it does not pass. */
export function splitByDay(since: number, until: number): { day: string; seconds: number }[] {
  const parts: { day: string; seconds: number }[] = []
  for (let at = since; at < until; ) {
    const midnight = (Math.floor(at / daySeconds) + 1) * daySeconds
    const end = Math.min(midnight, until)
    parts.push({ day: dayOf(at), seconds: end - at })
    at = end
  }
  return parts
}

type Sum = {
  day: string
  queue: string
  user: string
  jobs: number
  nodeSeconds: number
  coreSeconds: number
}

/** Adds up jobs, one at a time: a project may have millions. Whole seconds are summed, hours are made at the end. */
export function usageSums({ since, until }: Span) {
  const sums = new Map<string, Sum>()
  const sumOf = (day: string, { queue, user }: JobRecord): Sum => {
    const key = JSON.stringify([day, queue, user])
    const sum = sums.get(key) ?? { day, queue, user, jobs: 0, nodeSeconds: 0, coreSeconds: 0 }
    sums.set(key, sum)
    return sum
  }
  return {
    add(job: JobRecord): void {
      const end = Math.min(job.endedAt === 0 ? until : job.endedAt, until)
      if (job.startedAt >= since && job.startedAt < until) sumOf(dayOf(job.startedAt), job).jobs += 1
      for (const { day, seconds } of splitByDay(Math.max(job.startedAt, since), end)) {
        const sum = sumOf(day, job)
        sum.nodeSeconds += seconds * job.nodes
        sum.coreSeconds += seconds * job.cpus
      }
    },
    /** By day, queue and user. */
    rows: (tenant: Tenant): UsageRow[] =>
      [...sums.values()]
        .sort((a, b) => compare(a.day, b.day) || compare(a.queue, b.queue) || compare(a.user, b.user))
        .map(({ nodeSeconds, coreSeconds, ...sum }) => ({
          ...tenant,
          ...sum,
          nodeHours: hours(nodeSeconds),
          coreHours: hours(coreSeconds),
        })),
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
/** To the fourth decimal: a third of a second. */
const hours = (seconds: number): number => Math.round((seconds / 3600) * 1e4) / 1e4

/** The CPUs in Slurm's list of trackable resources, as in 1=4,2=1000,4=2,5=4, where 1 is the CPUs. */
export const cpusOf = (tres: string): number | undefined => {
  const [, count] = /(?:^|,)1=(\d+)(?:,|$)/.exec(tres) ?? []
  return count === undefined ? undefined : Number(count)
}
