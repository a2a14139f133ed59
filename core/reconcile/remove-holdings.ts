// What a deployment holds beside its stacks, given back once both are gone.
import type { Cluster } from '../cluster.ts'
import type { Context } from '../context.ts'
import { removeKeys, removePairs } from '../keys.ts'
import { rotationIds } from '../rotation.ts'

/** Removes whatever there is of it: its keys, and its login to the accounting database. */
export async function removeHoldings({ cloud, site }: Context, cluster: Cluster): Promise<void> {
  if (site.accounting) await cloud.removeAccounting(cluster)
  await removePairs(cloud, cluster, rotationIds(cluster))
  if (cluster.rotation) await cloud.deleteTrustedKeys(cluster)
  await removeKeys(cloud, cluster)
}
