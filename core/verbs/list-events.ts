// What happened to a cluster, of all its deployments, newest last.
import type { Context } from '../context.ts'
import type { Input, Output } from '../contract.ts'
import { clusterNotFound } from './get-cluster.ts'

export async function listEvents(
  { cloud }: Context,
  query: Input<'listEvents'>,
): Promise<Output<'listEvents'>> {
  const { items, cursor } = await cloud.listEvents(query)
  // Every cluster's history starts with a wish, so a first page without one is of no cluster.
  if (items.length === 0 && !query.cursor) throw clusterNotFound(query.name)
  return { events: items, ...(cursor ? { cursor } : {}) }
}
