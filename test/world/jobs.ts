// Head nodes that tell of their jobs, as job-log.py does: at once when there are jobs or none any more, else now and then.
import type { Cloud } from '../../core/cloud.ts'
import type { Activity } from '../../core/lifetime/activity.ts'

/** How often a head node that is well tells something where nothing changes. */
const tellSeconds = 100

export function jobs(now: () => number, isThere: (clusterName: string) => boolean) {
  const iso = (millis: number) => new Date(millis).toISOString()
  const running = new Map<string, number>()
  const ended = new Map<string, number>()
  const silent = new Map<string, number>()
  const calls: Pick<Cloud, 'getActivity'> = {
    async getActivity({ name }) {
      if (!isThere(name)) return undefined
      const told =
        silent.get(name) ??
        Math.max(now() - (now() % (tellSeconds * 1000)), running.get(name) ?? 0, ended.get(name) ?? 0)
      if (told < 0) return undefined
      const isBusy = running.has(name)
      const idleSince = isBusy ? null : iso(ended.get(name) ?? 0)
      return { v: 1, time: iso(told), running: isBusy ? 1 : 0, pending: 0, idleSince } satisfies Activity
    },
  }
  return {
    calls,
    start: (name: string) => void running.set(name, now()),
    end(name: string) {
      running.delete(name)
      ended.set(name, now())
    },
    /** It says no more; with nothing it never said anything. */
    silence: (name: string, { hasToldBefore = true } = {}) =>
      void silent.set(name, hasToldBefore ? now() : -1),
    speak: (name: string) => void silent.delete(name),
  }
}
