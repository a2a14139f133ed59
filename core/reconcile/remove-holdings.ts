// What a deployment holds beside its stacks, given back once both are gone.
import type { Cluster } from '../cluster.ts'
import type { Context } from '../context.ts'
import { removeKeys } from '../keys.ts'

/** Removes whatever there is of it: its keys, and its login to the accounting database. */
export async function removeHoldings({ cloud, site }: Context, cluster: Cluster): Promise<void> {
  if (site.accounting) await cloud.removeAccounting(cluster)
  await removeKeys(cloud, cluster)
}
