// One function per route of the API: a route without one, or with the wrong answer, does not compile.
// What only reads is here from the start; the rest is loaded by the first request for it, so that a cold start does not read it.
import type { Context } from '../context.ts'
import type { ApiRouteName, Input, Output } from '../contract.ts'
import { getCluster } from './get-cluster.ts'
import { listClusters } from './list-clusters.ts'
import { listEvents } from './list-events.ts'

type Verbs = { [R in ApiRouteName]: (context: Context, input: Input<R>) => Promise<Output<R>> }

const about = () => import('./about.ts')
const validate = () => import('./validate.ts')
const pcluster = () => import('./pcluster.ts')

export const verbs: Verbs = {
  getCluster,
  listClusters,
  listEvents,
  createCluster: async (context, input) =>
    (await import('./create-cluster.ts')).createCluster(context, input),
  updateCluster: async (context, input) =>
    (await import('./update-cluster.ts')).updateCluster(context, input),
  deleteCluster: async (context, input) =>
    (await import('./delete-cluster.ts')).deleteCluster(context, input),
  rotateKeys: async (context, input) => (await import('./rotate-keys.ts')).rotateKeys(context, input),
  getUsage: async (context, input) => (await import('./get-usage.ts')).getUsage(context, input),
  listAudit: async (context, input) => (await import('./list-audit.ts')).listAudit(context, input),
  planCluster: async (context, input) => (await validate()).planCluster(context, input),
  validateConfiguration: async (context, input) => (await validate()).validateConfiguration(context, input),
  pclusterCreate: async (context, input) => (await pcluster()).pclusterCreate(context, input),
  pclusterGet: async (context, input) => (await pcluster()).pclusterGet(context, input),
  pclusterDelete: async (context, input) => (await pcluster()).pclusterDelete(context, input),
  pclusterVersion: async (context) => (await pcluster()).pclusterVersion(context),
  listTiers: async (context) => (await about()).listTiers(context),
  getOpenApi: async (context) => (await about()).getOpenApi(context),
  getVersion: async (context) => (await about()).getVersion(context),
}
