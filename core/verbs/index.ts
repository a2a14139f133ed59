// One function per route of the API: a route without one, or with the wrong answer, does not compile.
import type { Context } from '../context.ts'
import type { ApiRouteName, Input, Output } from '../contract.ts'
import { getOpenApi, getVersion, listTiers } from './about.ts'
import { createCluster } from './create-cluster.ts'
import { deleteCluster } from './delete-cluster.ts'
import { getCluster } from './get-cluster.ts'
import { getUsage } from './get-usage.ts'
import { listAudit } from './list-audit.ts'
import { listClusters } from './list-clusters.ts'
import { listEvents } from './list-events.ts'
import { pclusterCreate, pclusterDelete, pclusterGet, pclusterVersion } from './pcluster.ts'
import { rotateKeys } from './rotate-keys.ts'
import { updateCluster } from './update-cluster.ts'
import { planCluster, validateConfiguration } from './validate.ts'

type Verbs = { [R in ApiRouteName]: (context: Context, input: Input<R>) => Promise<Output<R>> }

export const verbs: Verbs = {
  createCluster,
  planCluster,
  validateConfiguration,
  listClusters,
  getCluster,
  updateCluster,
  deleteCluster,
  listEvents,
  rotateKeys,
  getUsage,
  listAudit,
  listTiers,
  getOpenApi,
  getVersion,
  pclusterCreate,
  pclusterGet,
  pclusterDelete,
  pclusterVersion,
}
