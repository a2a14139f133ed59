// Tags meet on a compute resource: those of the cluster, of its queue and its own.
import { constants } from '../constants.ts'
import { type Rules, resourcesOf } from './rule.ts'

type Tags = readonly { Key: string }[] | undefined
const keysOf = (tags: Tags) => new Set((tags ?? []).map(({ Key }) => Key))
const shared = (...sets: Set<string>[]) =>
  [...(sets[0] ?? [])].filter((key) => sets.every((one) => one.has(key)))

export const tagRules: Rules = {
  ComputeResourceTagsValidator: (configuration, tell) => {
    const cluster = keysOf(configuration.Tags)
    for (const { queue, resource, path, queuePath } of resourcesOf(configuration)) {
      const [ofQueue, own] = [keysOf(queue.Tags), keysOf(resource.Tags)]
      const all = new Set([...cluster, ...ofQueue, ...own])
      const count = all.size
      if (count > constants.most.tags)
        tell(
          [...path, 'Tags'],
          `${resource.Name} has ${count} tags with those of its queue and cluster; at most ${constants.most.tags} are possible.`,
        )
      const inner = shared(own, new Set([...cluster, ...ofQueue])).sort()
      if (inner.length > 0)
        tell(
          [...path, 'Tags'],
          `${inner.join(', ')} of ${resource.Name} goes before the same tag of its queue or cluster.`,
          'WARNING',
        )
      const middle = shared(ofQueue, cluster)
        .filter((key) => !own.has(key))
        .sort()
      if (middle.length > 0)
        tell(
          [...queuePath, 'Tags'],
          `${middle.join(', ')} of ${queue.Name} goes before the same tag of the cluster.`,
          'WARNING',
        )
    }
  },
}
