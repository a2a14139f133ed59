// What an update would change: every parameter that differs between two configurations, with ParallelCluster's own
// update policy for it, and what that policy means for a cluster whose compute fleet runs.
// https://docs.aws.amazon.com/parallelcluster/latest/ug/using-pcluster-update-cluster-v3.html
import { isMap } from '../render/merge.ts'
import type { Tree } from '../render/templates.ts'
import policyData from './update-policies.json' with { type: 'json' }
import { type Effect, effectOf, type QueueUpdateStrategy } from './update-policy.ts'

export type ParameterChange = {
  /** As in Scheduling.SlurmQueues[debug].ComputeResources[t3-micro].MaxCount: elements of a list by their name. */
  path: string
  /** `undefined` where the parameter, the section or the element is not there. */
  before: unknown
  after: unknown
  /** ParallelCluster's word. */
  policy: string
  effect: Effect
}

/** Policies by path without names of elements, and what elements of a list are told apart by. */
const policies = new Map(
  Object.entries(policyData.policies).flatMap(([policy, paths]) => paths.map((path) => [path, policy])),
)
const sections = new Set([...policies.keys()].map((path) => path.slice(0, path.lastIndexOf('.'))))
const updateKeys: Record<string, string> = policyData.updateKeys

type Place = { path: string; schema: string }
type Found = Omit<ParameterChange, 'effect'> & { schema: string; parents: [Tree, Tree] }

/** The changed parameters in the order of the wanted configuration, removed ones after them. Pure. */
export function configurationChanges(current: Tree, wanted: Tree): ParameterChange[] {
  const strategy = strategyOf(wanted)
  return compareSection(current, wanted, { path: '', schema: '' }).map(({ schema, parents, ...change }) => ({
    ...change,
    effect: effectOf({ ...change, key: schema.slice(schema.lastIndexOf('.') + 1), parents }, strategy),
  }))
}

/** Those that ParallelCluster refuses, or for which it wants the compute fleet stopped, which nobody here can do. */
export const refusedChanges = (changes: ParameterChange[]): ParameterChange[] =>
  changes.filter(({ effect }) => effect === 'needsStop' || effect === 'impossible')

function compareSection(before: Tree, after: Tree, place: Place): Found[] {
  return [...new Set([...Object.keys(after), ...Object.keys(before)])].flatMap((key) => {
    const below = { path: join(place.path, key), schema: join(place.schema, key) }
    const [old, now] = [before[key], after[key]]
    if (isSame(old, now)) return []
    const updateKey = updateKeys[below.schema]
    if (updateKey) return compareList(asList(old), asList(now), below, updateKey)
    if (sections.has(below.schema) && isMap(old) && isMap(now)) return compareSection(old, now, below)
    return [{ ...below, before: old, after: now, policy: policyOf(below.schema), parents: [before, after] }]
  })
}

/** Elements that are the same first, then those of one name: several may have it, as S3Access of one bucket. */
function compareList(before: Tree[], after: Tree[], place: Place, updateKey: string): Found[] {
  const left = [...before]
  const take = (is: (element: Tree) => boolean): Tree | undefined => {
    const at = left.findIndex(is)
    return at < 0 ? undefined : left.splice(at, 1)[0]
  }
  const moved = after.filter((now) => !take((old) => isSame(old, now)))
  const element = (one: Tree): Place => ({
    path: `${place.path}[${String(one[updateKey])}]`,
    schema: place.schema,
  })
  const whole = (old: Tree | undefined, now: Tree | undefined): Found => ({
    ...element((now ?? old) as Tree),
    ...{ before: old, after: now, policy: policyOf(place.schema), parents: [{}, {}] },
  })
  const found = moved.flatMap((now) => {
    const old = take((one) => isSame(one[updateKey], now[updateKey]))
    return old ? compareSection(old, now, element(now)) : [whole(undefined, now)]
  })
  return [...found, ...left.map((old) => whole(old, undefined))]
}

// A parameter that this version of ParallelCluster does not know cannot be updated either.
const policyOf = (schema: string): string => policies.get(schema) ?? 'UNSUPPORTED'

const strategyOf = ({ Scheduling }: Tree): QueueUpdateStrategy => {
  const settings = isMap(Scheduling) && isMap(Scheduling.SlurmSettings) ? Scheduling.SlurmSettings : {}
  return String(settings.QueueUpdateStrategy ?? 'COMPUTE_FLEET_STOP') as QueueUpdateStrategy
}

const join = (path: string, key: string): string => (path ? `${path}.${key}` : key)
const asList = (value: unknown): Tree[] => (Array.isArray(value) ? value.filter(isMap) : [])

/** CloudFormation makes text of numbers and booleans on their way, so 8 and "8" are the same. */
function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((one, index) => isSame(one, b[index]))
  if (isMap(a) && isMap(b))
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => isSame(a[key], b[key]))
  if (typeof a === 'object' || typeof b === 'object' || a === undefined || b === undefined) return a === b
  return String(a) === String(b)
}
