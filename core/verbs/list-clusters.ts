// The clusters, a page at a time.
import type { Context } from '../context.ts'
import type { Input, Output } from '../contract.ts'
import { view } from '../view.ts'

export async function listClusters(
  { cloud, site }: Context,
  query: Input<'listClusters'>,
): Promise<Output<'listClusters'>> {
  const { items, cursor } = await cloud.listClusters(query)
  return { clusters: items.map((cluster) => view(cluster, site)), ...(cursor ? { cursor } : {}) }
}
