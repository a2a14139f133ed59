// Updates one cluster: another configuration boots it anew, under the same instance id.
import { isDeepStrictEqual } from 'node:util'
import type { BuiltCluster } from './attributes.ts'
import type { Daemon } from './create.ts'
import { type CustomResourceEvent, Properties } from './event.ts'

export async function updateCluster(
  daemon: Daemon,
  event: CustomResourceEvent,
  properties: Properties,
  known: { outerStackId: string; abort: AbortController; cluster?: BuiltCluster } | undefined,
): Promise<BuiltCluster> {
  const name = properties.ClusterName
  const old = Properties.safeParse(event.OldResourceProperties).data
  if (old && old.ClusterName !== name) throw new Error('The name of a cluster cannot be changed.')
  if (!known?.cluster || known.outerStackId !== event.StackId) throw new Error(`There is no cluster ${name}.`)
  // ParallelCluster's "No changes found" is success.
  if (old && isDeepStrictEqual(old.ClusterConfiguration, properties.ClusterConfiguration))
    return known.cluster
  const { headNode: before, ...cluster } = known.cluster
  const outer = await daemon.stacks.find(event.StackId)
  await daemon.builder.destroy(name)
  const build = { name, configuration: properties.ClusterConfiguration, tags: outer?.tags ?? {} }
  const headNode = await daemon.builder.build(build, known.abort.signal)
  const instanceId = before?.instanceId ?? daemon.newInstanceId()
  const updatedAt = daemon.now().toISOString()
  return {
    ...cluster,
    status: 'UPDATE_COMPLETE',
    updatedAt,
    ...(headNode ? { headNode: { ...headNode, instanceId } } : {}),
  }
}
