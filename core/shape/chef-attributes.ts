// ExtraChefAttributes: JSON in a text, of which a running cluster takes some attributes and no others.
import { readJson } from '../pcluster/section-rules.ts'
import { isMap } from '../render/merge.ts'

// ParallelCluster 3.16.1, cli/src/pcluster/config/update_policy.py.
const updatable = [
  'cluster.slurm.reconfigure_timeout',
  'cluster.cluster_readiness_check_enabled',
  'cluster.cluster_readiness_check_ignore_failure',
]

/** Whether two texts differ in nothing but attributes that can be updated. */
export function haveOneEffect(before: unknown, after: unknown): boolean {
  const [old, now] = [leavesOf(before), leavesOf(after)]
  return [...old.keys(), ...now.keys()].every(
    (path) => updatable.includes(path) || old.get(path) === now.get(path),
  )
}

/** Each attribute's value, as JSON, by its path. What is no JSON has none: ParallelCluster takes it for empty. */
function leavesOf(text: unknown): Map<string, string> {
  const leaves = new Map<string, string>()
  const add = (value: unknown, path: string) => {
    if (!isMap(value) || Object.keys(value).length === 0) return leaves.set(path, JSON.stringify(value))
    for (const [key, inner] of Object.entries(value)) add(inner, path ? `${path}.${key}` : key)
  }
  const attributes = typeof text === 'string' ? readJson(text)?.value : undefined
  if (isMap(attributes)) add(attributes, '')
  return leaves
}
