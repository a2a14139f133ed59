// What ParallelCluster's update policies mean for a cluster whose compute fleet runs: the rows that look at the change
// itself follow ParallelCluster 3.16.1, cli/src/pcluster/config/update_policy.py.
import type { Tree } from '../render/templates.ts'

export type Effect =
  /** Applied while jobs run. */
  | 'live'
  /** Applied, and nodes with running jobs are ended: the configuration says QueueUpdateStrategy TERMINATE. */
  | 'endsJobs'
  /** Refused unless the compute fleet (or the login nodes) is stopped first. */
  | 'needsStop'
  /** Refused always. */
  | 'impossible'

export type QueueUpdateStrategy = 'COMPUTE_FLEET_STOP' | 'DRAIN' | 'TERMINATE'

type Changed = {
  policy: string
  key: string
  before: unknown
  after: unknown
  /** The sections that the parameter is in, before and after. */
  parents: [Tree, Tree]
}

type Rule = (change: Changed, strategy: QueueUpdateStrategy) => Effect

const replacing: Rule = (_, strategy) =>
  strategy === 'DRAIN' ? 'live' : strategy === 'TERMINATE' ? 'endsJobs' : 'needsStop'
const removing: Rule = (_, strategy) => (strategy === 'TERMINATE' ? 'endsJobs' : 'needsStop')

const rules: Record<string, Rule> = {
  IGNORED: () => 'live',
  SUPPORTED: () => 'live',
  SUPPORTED_UNLESS_ADC: () => 'live',
  QUEUE_UPDATE_STRATEGY: replacing,
  RESIZE_UPDATE_STRATEGY_ON_REMOVE: (change, strategy) =>
    takesNodes(change) ? removing(change, strategy) : 'live',
  COMPUTE_FLEET_STOP: () => 'needsStop',
  COMPUTE_FLEET_STOP_ON_REMOVE: ({ before }) => (before === undefined ? 'live' : 'needsStop'),
  COMPUTE_AND_LOGIN_NODES_STOP: () => 'needsStop',
  LOGIN_NODES_STOP: () => 'needsStop',
  LOGIN_NODES_POOL_STOP: () => 'needsStop',
  LOGIN_NODES_POOLS_UPDATE_POLICY: ({ before }) => (before === undefined ? 'live' : 'needsStop'),
  // A placement group or file system that ParallelCluster manages wants more than one of the user's own: the stricter
  // of the two, since a stop is more than the control plane can do in either case.
  MANAGED_PLACEMENT_GROUP: () => 'needsStop',
  MANAGED_FSX: () => 'needsStop',
  SHARED_STORAGE_UPDATE_POLICY: () => 'needsStop',
}

/** A policy that is not in the table (UNSUPPORTED and its like, or a new one) allows nothing. */
export const effectOf = (change: Changed, strategy: QueueUpdateStrategy): Effect =>
  rules[change.policy]?.(change, strategy) ?? 'impossible'

/** A queue or compute resource that goes, or counts that leave fewer static or fewer dynamic nodes than before. */
function takesNodes({ key, before, after, parents }: Changed): boolean {
  if (key !== 'MinCount' && key !== 'MaxCount') return before !== undefined && after === undefined
  const [old, now] = parents.map(countsOf) as [Counts, Counts]
  return now.statics < old.statics || now.dynamics < old.dynamics
}

type Counts = { statics: number; dynamics: number }

// ParallelCluster's defaults: MinCount 0, MaxCount 10.
const countsOf = ({ MinCount = 0, MaxCount = 10 }: Tree): Counts => ({
  statics: Number(MinCount),
  dynamics: Number(MaxCount) - Number(MinCount),
})

/** What a caller can do about a change that is refused. */
export const remedies: Record<'needsStop' | 'impossible', string> = {
  needsStop:
    'ParallelCluster changes it only while the compute fleet is stopped. Leave it as it is, or delete the cluster and create it anew',
  impossible:
    'ParallelCluster cannot change it on a running cluster. Leave it as it is, or delete the cluster and create it anew',
}
