// What a head node tells of its jobs, one JSON line at a time: cluster-configs/scripts/job-log.py writes them.
import { Instant } from '../instant.ts'
import * as z from '../zod.ts'

/** The stream of the deployment's job log with nothing in it but these lines. */
export const activityStream = 'activity'

export const Activity = z.object({
  v: z.literal(1),
  /** When the head node looked, by its own clock. */
  time: Instant,
  running: z.int().check(z.minimum(0)),
  pending: z.int().check(z.minimum(0)),
  /** Since when there is no job; null while there is one. */
  idleSince: z.nullable(Instant),
})
export type Activity = z.infer<typeof Activity>

/** Undefined for what is no line of ours. */
export function activityOf(line: string): Activity | undefined {
  try {
    return Activity.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}
