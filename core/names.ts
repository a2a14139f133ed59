// Every name that we give to a thing outside, derived from the cluster and its deployment.
import { createHash } from 'node:crypto'

export type Tenant = { virtualLab: string; project: string }
export type Deployment = { name: string; deploymentId: string }

// Crockford's base 32 in lower case: letters and digits only, as ParallelCluster's names ask.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/**
 * The stable name of a project's cluster: at most 37 characters, within ParallelCluster's limit of 40 for a
 * cluster with Slurm accounting (user guide, "Cluster configuration file", limits on names).
 * The hash keeps (`a-b`, `c`) and (`a`, `b-c`) apart; the readable middle is for people only.
 */
export function clusterName({ virtualLab, project }: Tenant): string {
  const readable = project.toLowerCase().slice(0, 16).replace(/-+$/, '')
  const digest = createHash('sha256')
    .update(JSON.stringify([virtualLab, project]))
    .digest()
  const hash = Array.from(digest.subarray(0, 15), (byte) => alphabet[byte % 32]).join('')
  return `hpc-${readable}-${hash}`
}

/** The name of the deployment's own CloudFormation stack; ParallelCluster's own stack is named by the cluster. */
export const stackName = ({ name, deploymentId }: Deployment): string => `${name}-${deploymentId}`

/** The EC2 key pair of the admin's key. */
export const keyPairName = stackName

/** The secret that holds the private key of `user` or `admin`: the create's, or that of a later rotation. */
export const secretName = (
  { name, deploymentId }: Deployment,
  owner: 'user' | 'admin',
  rotationId?: string,
): string =>
  `hpc-provisioner/${name}/${deploymentId}/${owner}-ssh-key${rotationId === undefined ? '' : `-${rotationId}`}`

/**
 * The project's database, which outlives its clusters: the cluster's name without what MariaDB would want quoted, and
 * what ParallelCluster replaces of its own accord.
 */
export const databaseName = (clusterName: string): string => clusterName.replaceAll('-', '_')

/** The deployment's own login to it: 30 characters, within the 32 that old servers allow. */
export const databaseUser = ({ deploymentId }: Pick<Deployment, 'deploymentId'>): string =>
  `hpc_${deploymentId}`

/** The secret with that login's password. */
export const databaseSecretName = ({ name, deploymentId }: Deployment): string =>
  `hpc-provisioner/${name}/${deploymentId}/database-password`

/** The log group of the deployment's job records, which outlives the cluster. */
export const jobLogGroupName = ({ name, deploymentId }: Deployment): string =>
  `/hpc-provisioner/jobs/${name}/${deploymentId}`

/**
 * The log group, always empty, by which a deployment's stack claims the cluster's name: the account has each once, whatever
 * environments are in it. CloudFormation ends a create that meets it, before ParallelCluster is asked for anything.
 */
export const nameClaim = (clusterName: string): string => `/hpc-provisioner/names/${clusterName}`

/**
 * The project's directory on the shared file system, the same for each of its deployments. It goes by the cluster's
 * name because an access point's path may have 100 characters (Amazon EFS API, RootDirectory), and two ids more.
 */
export const homeDirectory = (tenant: Tenant): string => `/${clusterName(tenant)}`

/** What of the private bucket is the project's. */
export const projectPrefix = ({ virtualLab, project }: Tenant): string => `${virtualLab}/${project}/`

/** The managed policy of the deployment's nodes. */
export const projectPolicyName = stackName

/** Which environment's a key is, where several share an account: a key is there before anything is on record. */
export const siteTag = 'hpc-provisioner:site'

/** The tag with the deployment that a resource is of. */
export const deploymentTag = 'hpc-provisioner:deployment'

/** The tags that tell our resources apart and whose they are. Cost tags are the site's, see site.ts. */
export const ownerTags = (of: Tenant & Deployment): Record<string, string> => ({
  'hpc-provisioner:cluster': of.name,
  [deploymentTag]: of.deploymentId,
  'hpc-provisioner:virtual-lab': of.virtualLab,
  'hpc-provisioner:project': of.project,
})
