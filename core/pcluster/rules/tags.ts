// Tags meet on a compute resource: those of the cluster, of its queue and its own.
import { constants } from '../constants.ts'
import { queuesOf, type Rules } from './rule.ts'

type Tags = readonly { Key: string }[] | undefined
const keysOf = (tags: Tags) => new Set((tags ?? []).map(({ Key }) => Key))

export const tagRules: Rules = {
  ComputeResourceTagsValidator: (configuration, tell) => {
    const cluster = keysOf(configuration.Tags)
    for (const { queue, path: queuePath } of queuesOf(configuration)) {
      const ofQueue = keysOf(queue.Tags)
      // Once for all resources of the queue: lists may have thousands.
      const both = [...ofQueue].filter((key) => cluster.has(key)).sort()
      const around = cluster.size + ofQueue.size - both.length
      queue.ComputeResources.forEach(({ Name, Tags }, index) => {
        const path = [...queuePath, 'ComputeResources', index, 'Tags']
        const own = keysOf(Tags)
        const inner = [...own].filter((key) => cluster.has(key) || ofQueue.has(key)).sort()
        const count = around + own.size - inner.length
        if (count > constants.most.tags)
          tell(
            path,
            `${Name} has ${count} tags with those of its queue and cluster; at most ${constants.most.tags} are possible.`,
          )
        if (inner.length > 0)
          tell(
            path,
            `${inner.join(', ')} of ${Name} goes before the same tag of its queue or cluster.`,
            'WARNING',
          )
        const middle = both.filter((key) => !own.has(key))
        if (middle.length > 0)
          tell(
            [...queuePath, 'Tags'],
            `${middle.join(', ')} of ${queue.Name} goes before the same tag of the cluster.`,
            'WARNING',
          )
      })
    }
  },
}
