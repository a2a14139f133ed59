// What a burst must not end with: any line of it is an exit status of 1.
import type { BurstReport } from './burst.ts'

/** A wish by its project, which says whether it is one that fails. */
export const isToFail = (project: string): boolean => project.startsWith('fail-create')

export function troublesOf({ asked, slots, ready, failed, toFail, lost, leaks }: BurstReport): string[] {
  return [
    ...lost.map((name) => `lost: ${name}`),
    ...leaks.map((kind) => `left: ${kind}`),
    ...(slots < asked ? [`${asked - slots} of ${asked} have no subnet of their own`] : []),
    ...(failed === toFail ? [] : [`${failed} failed, and ${toFail} should`]),
    ...(ready === asked - toFail ? [] : [`${ready} became ready, and ${asked - toFail} should`]),
  ]
}
