// What CloudFormation works on, held to the places that records have in the queue: asked at each change of a stack.
import type { Cluster } from '../../core/cluster.ts'
import { stackName } from '../../core/names.ts'
import { isInFlight } from '../../core/queue/entry.ts'
import type { FakeStack, Stacks } from './stacks.ts'

type Both = Pick<Stacks, 'own' | 'pcluster'>

const isAtWork = ({ status }: FakeStack): boolean => status.endsWith('_IN_PROGRESS')

/** Of how many clusters a stack is in progress. */
export function atWork({ own, pcluster }: Both): number {
  const busy = new Set<string>()
  for (const stack of own.values()) if (isAtWork(stack)) busy.add(stack.cluster)
  for (const [name, { until }] of pcluster) if (until !== undefined) busy.add(name)
  return busy.size
}

/** That more is at work than the site bears, or the stack that has changed is, of a record without a place for it. */
export function wrongAtWork(
  both: Both,
  changed: string,
  clusters: Map<string, Cluster>,
  { operationsInFlight }: { operationsInFlight: number },
  heldSeconds: number,
): string[] {
  const count = atWork(both)
  const stack = both.own.get(changed)
  // What an earlier life left, or a late pass began, is of no record, or of one that had failed meanwhile.
  const record = stack && isAtWork(stack) ? clusters.get(stack.cluster) : undefined
  const isOfIt = record && stackName(record) === changed && record.status !== 'CREATE_FAILED'
  // A pass that stood still for long may begin again what another one has seen to its end.
  const isPlaceless = isOfIt && !isInFlight(record) && heldSeconds < 30
  return [
    ...(count > operationsInFlight ? [`${count} clusters are at work at once`] : []),
    ...(isPlaceless ? [`${changed} is at work without a place`] : []),
  ]
}
