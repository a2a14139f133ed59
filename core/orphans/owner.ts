// Whose a thing is: by its tags, which must agree with one another, and by its name where we give it one.
import { ClusterName, Id } from '../cluster.ts'
import {
  clusterName,
  type Deployment,
  databaseSecretName,
  ownerTags,
  secretName,
  stackName,
} from '../names.ts'
import { trustedKeysObject } from '../rotation.ts'
import type { OrphanKind } from './report.ts'

/** A thing of the account that may be of a deployment. */
export type Found = {
  kind: OrphanKind
  /** What AWS knows it by: its name where that is enough, else its id or ARN. */
  id: string
  tags: Record<string, string>
  /** Of a row of our own table or an object of our own bucket, which has no tags and is ours by where it is. */
  row?: Deployment
}

/** What is ours by where it is. */
const placed: readonly OrphanKind[] = ['trustedKeys', 'slot']

/** Where CloudFormation makes the policies of clusters. */
export const policyPath = '/parallelcluster/'

// A ULID in lower case, see `newDeploymentId`: the first ten characters are milliseconds.
const deploymentId = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** When the deployment was asked for: its id says so. */
export const begunAt = (id: string): Date =>
  new Date(Array.from(id.slice(0, 10)).reduce((time, char) => time * 32 + alphabet.indexOf(char), 0))

/** The first key of its owner, or one of a rotation, whose id is made as a deployment's is. */
const isKeyOf = (id: string, first: string): boolean =>
  id === first || (id.startsWith(`${first}-`) && deploymentId.test(id.slice(first.length + 1)))

/** The names that a thing of the kind can have; kinds without an entry get their ids from AWS. */
const isNamed: Partial<Record<OrphanKind, (id: string, of: Deployment) => boolean>> = {
  stack: (id, of) => id === stackName(of),
  parallelClusterStack: (id, of) => id === of.name,
  keyPair: (id, of) => id === stackName(of),
  trustedKeys: (id, of) => id === trustedKeysObject(of),
  secret: (id, of) => (['user', 'admin'] as const).some((owner) => isKeyOf(id, secretName(of, owner))),
  databaseLogin: (id, of) => id === databaseSecretName(of),
  // CloudFormation names those after the stack that we do not.
  policy: (id, of) => {
    const name = id.split(`:policy${policyPath}`)[1] ?? ''
    return name === stackName(of) || name.startsWith(`${stackName(of)}-`)
  },
}

/**
 * The deployment whose the thing says that it is; undefined where it is not ours. The cluster's name is a hash of the virtual
 * lab and the project, so tags that somebody wrote by hand for something else hardly agree.
 */
export function ownerOf({ kind, id, tags, row }: Found): Deployment | undefined {
  if (row)
    return placed.includes(kind) && deploymentId.test(row.deploymentId) && isNamed[kind]?.(id, row) !== false
      ? row
      : undefined
  const tag = (name: string) => tags[`hpc-provisioner:${name}`] ?? ''
  const of = {
    name: tag('cluster'),
    deploymentId: tag('deployment'),
    virtualLab: tag('virtual-lab'),
    project: tag('project'),
  }
  const isWhole =
    ClusterName.safeParse(of.name).success &&
    deploymentId.test(of.deploymentId) &&
    Id.safeParse(of.virtualLab).success &&
    Id.safeParse(of.project).success &&
    clusterName(of) === of.name &&
    Object.entries(ownerTags(of)).every(([key, value]) => tags[key] === value)
  if (!isWhole || isNamed[kind]?.(id, of) === false) return undefined
  return { name: of.name, deploymentId: of.deploymentId }
}
