// What CloudFormation works on, held to the places that records have in the queue: asked at each change of a stack.
import type { Cluster } from '../../core/cluster.ts'
import { stackName } from '../../core/names.ts'
import { isInFlight } from '../../core/queue/entry.ts'
import type { Stacks } from './stacks.ts'

type Both = Pick<Stacks, 'own' | 'pcluster'>

/** The clusters of which a stack is in progress. */
export const atWork = ({ own, pcluster }: Both): Set<string> =>
  new Set([
    ...[...own.values()]
      .filter(({ status }) => status.endsWith('_IN_PROGRESS'))
      .map(({ cluster }) => cluster),
    ...[...pcluster].filter(([, { until }]) => until !== undefined).map(([name]) => name),
  ])

/** That more is at work than the site bears, or something of a cluster that has no place for it. */
export function wrongAtWork(
  both: Both,
  clusters: Map<string, Cluster>,
  operationsInFlight: number,
): string[] {
  const busy = atWork(both)
  const placeless = [...busy].filter((name) => {
    const record = clusters.get(name)
    // A stack that an earlier life left, or a late pass began, is of no record.
    return record && both.own.has(stackName(record)) && !isInFlight(record)
  })
  return [
    ...(busy.size > operationsInFlight ? [`${busy.size} clusters are at work at once`] : []),
    ...placeless.map((name) => `${name} is at work without a place`),
  ]
}
