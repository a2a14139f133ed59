// What an update would change: every parameter that differs between two configurations, with ParallelCluster's own
// update policy for it, and what that policy means for a cluster whose compute fleet runs.
// https://docs.aws.amazon.com/parallelcluster/latest/ug/using-pcluster-update-cluster-v3.html

import { description, type Field, sectionOf } from '../pcluster/description.ts'
import { isMap } from '../render/merge.ts'
import type { Tree } from '../render/templates.ts'
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

type Place = { path: string; key: string; field: Field | undefined }
type Found = Omit<ParameterChange, 'effect'> & { key: string; parents: [Tree, Tree] }

/** The changed parameters in the order of the wanted configuration, removed ones after them. Pure. */
export function configurationChanges(current: Tree, wanted: Tree): ParameterChange[] {
  const strategy = strategyOf(wanted)
  return compareSection(current, wanted, '', description.root).map(({ key, parents, ...change }) => ({
    ...change,
    effect: effectOf({ ...change, key, parents, roots: [current, wanted] }, strategy),
  }))
}

/** Those that ParallelCluster refuses, or for which it wants the compute fleet stopped, which nobody here can do. */
export const refusedChanges = (changes: ParameterChange[]): ParameterChange[] =>
  changes.filter(({ effect }) => effect === 'needsStop' || effect === 'impossible')

function compareSection(before: Tree, after: Tree, path: string, section: string): Found[] {
  const { fields } = sectionOf(section)
  return [...new Set([...Object.keys(after), ...Object.keys(before)])].flatMap((key) => {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined
    const below: Place = { path: path ? `${path}.${key}` : key, key, field }
    const [old, now] = [before[key], after[key]]
    if (isSame(old, now)) return []
    if (field?.key) return compareList(asList(old), asList(now), below, field.key)
    if (field?.type === 'object' && field.section) {
      const [left, right] = [sectionAt(old), sectionAt(now)]
      // A section that has no policy of its own is looked into, though it is added or removed as a whole.
      if ((left && right) || field.update === 'IGNORED')
        return compareSection(left ?? {}, right ?? {}, below.path, field.section)
      if (!left && !right) return []
    }
    return [{ ...changeAt(below), before: old, after: now, parents: [before, after] }]
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
  const section = place.field?.item?.section ?? ''
  const element = (one: Tree) => `${place.path}[${String(one[updateKey])}]`
  const whole = (old: Tree | undefined, now: Tree | undefined): Found => ({
    ...changeAt({ ...place, path: element((now ?? old) as Tree) }),
    ...{ before: old, after: now, parents: [{}, {}] },
  })
  const found = moved.flatMap((now) => {
    const old = take((one) => isSame(one[updateKey], now[updateKey]))
    return old ? compareSection(old, now, element(now), section) : [whole(undefined, now)]
  })
  return [...found, ...left.map((old) => whole(old, undefined))]
}

// A parameter that this version of ParallelCluster does not know cannot be updated either.
const changeAt = ({ path, key, field }: Place) => ({ path, key, policy: field?.update ?? 'UNSUPPORTED' })

const strategyOf = ({ Scheduling }: Tree): QueueUpdateStrategy => {
  const settings = isMap(Scheduling) && isMap(Scheduling.SlurmSettings) ? Scheduling.SlurmSettings : {}
  return String(settings.QueueUpdateStrategy ?? 'COMPUTE_FLEET_STOP') as QueueUpdateStrategy
}

/** An empty section is as good as none. */
const sectionAt = (value: unknown): Tree | undefined =>
  isMap(value) && Object.keys(value).length > 0 ? value : undefined

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
