// The shapes of the routes under /hpc-provisioner/, which clients of the earlier service speak: query
// parameters in, ParallelCluster's DescribeCluster words out. See docs/compatible-api.md.

import { Id } from './cluster.ts'
import * as z from './zod.ts'

// `true` in any letter case is yes, as those clients send it; all else is no.
const Flag = z.pipe(
  z.string(),
  z.transform((text) => text.toLowerCase() === 'true'),
)
const Ids = { vlab_id: Id, project_id: Id }

export const CreateQuery = z.strictObject({
  ...Ids,
  tier: z._default(z.string().check(z.maxLength(64)), 'debug'),
  include_lustre: z._default(Flag, true),
  benchmark: z._default(Flag, false),
  dev: z._default(Flag, false),
})
export const DeleteQuery = z.strictObject(Ids)
export const GetQuery = z.strictObject({ vlab_id: z.optional(Id), project_id: z.optional(Id) }).check(
  z.refine((query) => (query.vlab_id === undefined) === (query.project_id === undefined), {
    message: 'vlab_id and project_id go together: give both for one cluster, neither for all',
    path: ['project_id'],
  }),
)

export const CreateOutput = z.object({
  cluster: z.object({
    clusterName: z.string(),
    clusterStatus: z.literal('CREATE_REQUEST_RECEIVED'),
    ssh_user: z.string(),
    user_private_ssh_key_arn: z.string(),
    admin_private_ssh_key_arn: z.string(),
    /** The older name of user_private_ssh_key_arn, which one client still reads. */
    private_ssh_key_arn: z.string(),
  }),
})

export const DeleteOutput = z.object({
  cluster: z.object({ clusterName: z.string(), clusterStatus: z.literal('DELETE_IN_PROGRESS') }),
})

const Summary = {
  clusterName: z.string(),
  clusterStatus: z.string(),
  cloudformationStackArn: z.nullable(z.string()),
  region: z.string(),
  version: z.string(),
  scheduler: z.object({ type: z.literal('slurm') }),
}
// ParallelCluster writes this word with a small f in its list, and with a capital one in its description of a cluster.
export const ListOutput = z.object({
  clusters: z.array(z.object({ ...Summary, cloudformationStackStatus: z.string() })),
})

export const DescribeOutput = z.object({
  ...Summary,
  cloudFormationStackStatus: z.string(),
  vlab_id: z.string(),
  project_id: z.string(),
  creationTime: z.string(),
  lastUpdatedTime: z.string(),
  computeFleetStatus: z.string(),
  clusterFsxId: z.nullable(z.string()),
  headNode: z.optional(
    z.object({
      instanceId: z.nullable(z.string()),
      instanceType: z.nullable(z.string()),
      launchTime: z.nullable(z.string()),
      state: z.nullable(z.string()),
      privateIpAddress: z.string(),
    }),
  ),
  tags: z.array(z.object({ key: z.string(), value: z.string() })),
  failures: z.array(z.object({ failureCode: z.string(), failureReason: z.string() })),
})
