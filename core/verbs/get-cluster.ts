// One cluster, by its name.

import type { ClusterView } from '../answers.ts'
import type { Cluster } from '../cluster.ts'
import type { Context } from '../context.ts'
import type { Input } from '../contract.ts'
import { AppError } from '../errors.ts'
import { placeInQueue } from '../queue/place.ts'
import { view } from '../view.ts'

export async function getCluster(context: Context, { name }: Input<'getCluster'>): Promise<ClusterView> {
  const cluster = await requireCluster(context, name)
  return view(cluster, context.site, await placeInQueue(context, cluster))
}

/** Throws `ClusterNotFound`. */
export async function requireCluster({ cloud }: Context, name: string): Promise<Cluster> {
  const cluster = await cloud.getCluster(name)
  if (!cluster) throw clusterNotFound(name)
  return cluster
}

export const clusterNotFound = (name: string): AppError =>
  new AppError('ClusterNotFound', `There is no cluster ${name}. Its events may still be readable.`)
