// What ParallelCluster's update policies mean for a cluster whose compute fleet runs: the rows that look at the change
// itself follow ParallelCluster 3.16.1, cli/src/pcluster/config/update_policy.py.
import { isMap } from '../render/merge.ts'
import type { Tree } from '../render/templates.ts'
import { haveOneEffect } from './chef-attributes.ts'

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
  path: string
  key: string
  before: unknown
  after: unknown
  /** The sections that the parameter is in, before and after. */
  parents: [Tree, Tree]
  /** The whole configurations, before and after. */
  roots: [Tree, Tree]
}

type Rule = (change: Changed, strategy: QueueUpdateStrategy) => Effect

/** The strategy is heeded for what is in a queue, and for nothing else. */
const replacing: Rule = ({ path }, strategy) => {
  if (!path.includes('SlurmQueues[')) return 'needsStop'
  return strategy === 'DRAIN' ? 'live' : strategy === 'TERMINATE' ? 'endsJobs' : 'needsStop'
}
const removing: Rule = (_, strategy) => (strategy === 'TERMINATE' ? 'endsJobs' : 'needsStop')
const unlessAdded: Rule = ({ before }) => (before === undefined ? 'live' : 'needsStop')

const rules: Record<string, Rule> = {
  IGNORED: () => 'live',
  SUPPORTED: () => 'live',
  SUPPORTED_UNLESS_ADC: ({ roots: [, { Region }] }) =>
    String(Region ?? '').startsWith('us-iso') ? 'impossible' : 'live',
  EXTRA_CHEF_ATTRIBUTES: ({ before, after }) => (haveOneEffect(before, after) ? 'live' : 'impossible'),
  QUEUE_UPDATE_STRATEGY: replacing,
  RESIZE_UPDATE_STRATEGY_ON_REMOVE: (change, strategy) =>
    takesNodes(change) ? removing(change, strategy) : 'live',
  COMPUTE_FLEET_STOP: () => 'needsStop',
  COMPUTE_FLEET_STOP_ON_REMOVE: unlessAdded,
  COMPUTE_AND_LOGIN_NODES_STOP: () => 'needsStop',
  // Before the first ones are added no login nodes run.
  LOGIN_NODES_STOP: unlessAdded,
  LOGIN_NODES_POOL_STOP: () => 'needsStop',
  LOGIN_NODES_POOLS_UPDATE_POLICY: unlessAdded,
  // A placement group that ParallelCluster manages wants more than one of the user's own: the stricter of the two.
  MANAGED_PLACEMENT_GROUP: () => 'needsStop',
  MANAGED_FSX: (change, strategy) => {
    if (keepsManagedLustre(change)) return 'impossible'
    return addsItems(change) ? 'live' : replacing(change, strategy)
  },
  SHARED_STORAGE_UPDATE_POLICY: storageEffect,
}

/** A policy that is not in the table (UNSUPPORTED and its like, or a new one) allows nothing. */
export const effectOf = (change: Changed, strategy: QueueUpdateStrategy): Effect =>
  rules[change.policy]?.(change, strategy) ?? 'impossible'

/** A queue or compute resource that goes, or counts that ParallelCluster does not take for room to grow. */
function takesNodes({ key, before, after, parents }: Changed): boolean {
  if (key !== 'MinCount' && key !== 'MaxCount') return before !== undefined && after === undefined
  const [old, now] = parents.map(countsOf) as [Counts, Counts]
  if (key === 'MaxCount') return now.most < old.most
  // A MinCount is looked at beside a MaxCount that changes, too: alone it is refused, whichever way it goes.
  const [given, wanted] = parents.map(({ MaxCount }) => String(MaxCount))
  return given === wanted || now.most - old.most < now.least - old.least
}

type Counts = { least: number; most: number }

// ParallelCluster's defaults.
const countsOf = ({ MinCount = 0, MaxCount = 10 }: Tree): Counts => ({
  least: Number(MinCount),
  most: Number(MaxCount),
})

const addsItems = ({ before, after }: Changed): boolean =>
  Array.isArray(before) && Array.isArray(after) && before.every((one) => after.includes(one))

const storagesOf = ({ SharedStorage }: Tree): Tree[] =>
  Array.isArray(SharedStorage) ? SharedStorage.filter(isMap) : []

/** A file system that ParallelCluster made lies in one of the subnets: it would be made anew, and its data lost. */
function keepsManagedLustre({ roots }: Changed): boolean {
  const [old, now] = roots.map((root) =>
    storagesOf(root)
      .filter((storage) => storage.StorageType === 'FsxLustre' && !isExternal(storage))
      .map(({ Name }) => Name),
  )
  return (old ?? []).some((name) => now?.includes(name))
}

function settingsOf(storage: Tree): Tree {
  const settings = storage[`${String(storage.StorageType)}Settings`]
  return isMap(settings) ? settings : {}
}

const isExternal = (storage: Tree): boolean =>
  ['VolumeId', 'FileSystemId', 'FileCacheId'].some((key) => key in settingsOf(storage))

/** Nodes that run mount and unmount a file system of the user's own; for others, with login nodes or not, the stricter. */
function storageEffect({ before, after }: Changed): Effect {
  const all = [before, after].filter(isMap)
  if (all.some(({ MountDir }) => MountDir === '/home' || MountDir === 'home')) return 'impossible'
  const isLive = all.length === 1 && all.every((one) => one.StorageType !== 'Ebs' && isExternal(one))
  return isLive ? 'live' : 'needsStop'
}
