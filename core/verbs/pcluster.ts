// The routes of the earlier service: the same functions, its words.

import { isBuilt } from '../built.ts'
import type { Cluster } from '../cluster.ts'
import type { Context } from '../context.ts'
import type { Input, Output } from '../contract.ts'
import { AppError } from '../errors.ts'
import { clusterName } from '../names.ts'
import { sshUser, statusOf } from '../view.ts'
import { ensureCluster } from './create-cluster.ts'
import { wishAbsent } from './delete-cluster.ts'
import { requireCluster } from './get-cluster.ts'

const tenant = (query: { vlab_id: string; project_id: string }) => ({
  virtualLab: query.vlab_id,
  project: query.project_id,
})

export async function pclusterCreate(
  context: Context,
  query: Input<'pclusterCreate'>,
): Promise<Output<'pclusterCreate'>> {
  const { tier, include_lustre: lustre, benchmark } = query
  const { name, keys } = await ensureCluster(context, { ...tenant(query), tier, lustre, benchmark })
  if (!keys)
    throw new AppError('Conflict', `The cluster ${name} has just failed. Ask again.`, {
      retryAfterSeconds: 1,
    })
  return {
    cluster: {
      clusterName: name,
      clusterStatus: 'CREATE_REQUEST_RECEIVED',
      ssh_user: sshUser,
      user_private_ssh_key_arn: keys.userSecretArn,
      admin_private_ssh_key_arn: keys.adminSecretArn,
      private_ssh_key_arn: keys.userSecretArn,
    },
  }
}

export async function pclusterDelete(
  context: Context,
  query: Input<'pclusterDelete'>,
): Promise<Output<'pclusterDelete'>> {
  const { name } = await wishAbsent(context, clusterName(tenant(query)))
  return { cluster: { clusterName: name, clusterStatus: 'DELETE_IN_PROGRESS' } }
}

export async function pclusterGet(
  context: Context,
  query: Input<'pclusterGet'>,
): Promise<Output<'pclusterGet'>> {
  const { vlab_id, project_id } = query
  if (vlab_id === undefined || project_id === undefined)
    return { clusters: (await allClusters(context)).map((cluster) => listed(context, cluster)) }
  return describe(context, await requireCluster(context, clusterName(tenant({ vlab_id, project_id }))))
}

export const pclusterVersion = async ({ version }: Context): Promise<Output<'pclusterVersion'>> => ({
  version,
})

/** All of them: its clients read one answer and know of no pages. */
async function allClusters({ cloud }: Context): Promise<Cluster[]> {
  const all: Cluster[] = []
  let cursor: string | undefined
  do {
    const page = await cloud.listClusters({ limit: 1000, cursor })
    all.push(...page.items)
    cursor = page.cursor
  } while (cursor)
  return all
}

/** CloudFormation has no word for the time before the stack. */
const stackStatusOf = (cluster: Cluster): string =>
  statusOf(cluster) === 'CREATE_REQUEST_RECEIVED' ? 'CREATE_IN_PROGRESS' : statusOf(cluster)

const listed = (context: Context, cluster: Cluster) => ({
  ...summary(context, cluster),
  cloudformationStackStatus: stackStatusOf(cluster),
})

function summary({ site }: Context, cluster: Cluster) {
  return {
    clusterName: cluster.name,
    clusterStatus: statusOf(cluster),
    cloudformationStackArn: cluster.stackId ?? null,
    region: site.region,
    version: site.provider.version,
    scheduler: { type: 'slurm' as const },
  }
}

function describe(context: Context, cluster: Cluster): Output<'pclusterGet'> {
  const { headNode, failure, virtualLab, project } = cluster
  const { costTags } = context.site
  const tags = { ...costTags.fixed, [costTags.virtualLab]: virtualLab, [costTags.project]: project }
  return {
    ...summary(context, cluster),
    cloudFormationStackStatus: stackStatusOf(cluster),
    vlab_id: virtualLab,
    project_id: project,
    creationTime: cluster.requestedAt,
    lastUpdatedTime: cluster.statusSince,
    computeFleetStatus: isBuilt(cluster) ? 'RUNNING' : 'UNKNOWN',
    clusterFsxId: cluster.fsxId ?? null,
    ...(headNode
      ? {
          headNode: {
            instanceId: headNode.instanceId ?? null,
            instanceType: headNode.instanceType ?? null,
            launchTime: headNode.launchTime ?? null,
            state: headNode.state ?? null,
            privateIpAddress: headNode.privateIpAddress,
          },
        }
      : {}),
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    failures: failure ? [{ failureCode: failure.reason, failureReason: failure.message }] : [],
  }
}
