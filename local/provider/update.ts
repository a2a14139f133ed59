// Updates one cluster while its jobs run, as far as ParallelCluster would: the same parameters are refused, since the
// compute fleet always runs here.
import { isDeepStrictEqual } from 'node:util'
import { configurationChanges, refusedChanges } from '../../core/shape/update-preview.ts'
import type { BuiltCluster } from './attributes.ts'
import type { Daemon } from './create.ts'
import { type CustomResourceEvent, Properties } from './event.ts'

export async function updateCluster(
  daemon: Daemon,
  event: CustomResourceEvent,
  properties: Properties,
  known: { outerStackId: string; abort: AbortController; cluster?: BuiltCluster } | undefined,
): Promise<BuiltCluster> {
  const { ClusterName: name, ClusterConfiguration: configuration } = properties
  const old = Properties.safeParse(event.OldResourceProperties).data
  if (old && old.ClusterName !== name) throw new Error('The name of a cluster cannot be changed.')
  if (!known?.cluster || known.outerStackId !== event.StackId) throw new Error(`There is no cluster ${name}.`)
  const { cluster } = known
  // Against what runs, not against what the event calls old: that may be an update which failed and is taken back.
  const changes = configurationChanges(cluster.configuration, configuration)
  // ParallelCluster's "No changes found" is success.
  if (changes.length === 0) return cluster
  const tags = (await daemon.stacks.find(event.StackId))?.tags ?? {}
  if (!isDeepStrictEqual(tags, cluster.tags)) throw new Error('The tags of a cluster cannot be changed.')
  const refused = refusedChanges(changes).map(({ path, policy }) => `${path} (${policy})`)
  if (refused.length > 0)
    throw new Error(`These cannot be changed while the compute fleet runs: ${refused.join(', ')}.`)
  await daemon.builder.update({ name, configuration, tags }, known.abort.signal)
  return { ...cluster, configuration, status: 'UPDATE_COMPLETE', updatedAt: daemon.now().toISOString() }
}
