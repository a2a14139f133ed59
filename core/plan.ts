// What a create would make, and what ParallelCluster's rules say of it: for a dry run, and before anything is made.

import { anExampleAccess } from './accounting/accounting.ts'
import type { Cluster, Spec } from './cluster.ts'
import type { Context } from './context.ts'
import { AppError } from './errors.ts'
import type { TermName } from './lifetime/life.ts'
import { clusterName, type Tenant } from './names.ts'
import type { Finding, Plan } from './plan-answers.ts'
import { stackTemplate } from './render/stack-template.ts'
import type { Site } from './site.ts'

/** A plan asks nothing of the outside. */
type Known = Pick<Context, 'templates' | 'site'>
type Tree = Record<string, unknown>
type StackTemplate = {
  Resources: { Cluster: { Properties: { ClusterName: string; ClusterConfiguration: Tree } } }
}

/** The plan of a create. The slot, the zone, the keys and the ids of what does not exist yet are examples. */
export async function planOf({ templates, site }: Known, wish: Tenant & Spec): Promise<Omit<Plan, TermName>> {
  const template = stackTemplate(templates, anExample(site, wish), site)
  const { tier, lustre, benchmark, resources = null, shape = null } = wish
  const asked = { name: clusterName(wish), tier, lustre, benchmark, resources, shape }
  return { ...asked, ...(await checked(template)), template: template as Tree }
}

/** Throws `ConfigurationRefused` with every error that ParallelCluster would find in the cluster's configuration. */
export async function requireValid(known: Known, wish: Tenant & Spec): Promise<void> {
  const errors = errorsOf((await planOf(known, wish)).findings)
  if (errors.length > 0)
    throw new AppError('ConfigurationRefused', refusal(errors), {
      details: errors.map(({ path, message }) => ({ path, message })),
    })
}

/** Why a stack must not be started with this template, if ParallelCluster would refuse its configuration. */
export async function refusalOf(template: object): Promise<string | undefined> {
  const errors = errorsOf((await checked(template)).findings)
  return errors.length > 0 ? refusal(errors) : undefined
}

const errorsOf = (findings: Finding[]): Finding[] => findings.filter(({ level }) => level === 'ERROR')

const refusal = (errors: Finding[]): string =>
  `ParallelCluster would refuse this cluster: ${errors.map(({ message }) => message).join(' ')}`

async function checked(template: object): Promise<{ configuration: Tree; findings: Finding[] }> {
  const { ClusterName: name, ClusterConfiguration } = (template as StackTemplate).Resources.Cluster.Properties
  const configuration = withExampleIds(ClusterConfiguration) as Tree
  // Only who validates pays for loading the rules.
  const { validate } = await import('./pcluster/validate.ts')
  return { configuration, findings: validate(configuration, { name }).findings }
}

function anExample(site: Site, { virtualLab, project, ...spec }: Tenant & Spec): Cluster {
  const time = '2000-01-01T00:00:00.000Z'
  return {
    name: clusterName({ virtualLab, project }),
    virtualLab,
    project,
    version: 0,
    wanted: 'present',
    spec,
    deploymentId: '00000000000000000000000000',
    slot: 0,
    zone: site.network.zones[0] as string,
    keys: {
      userSecretArn: '',
      adminSecretArn: '',
      userPublicKey: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)}`,
    },
    ...(site.accounting ? { accounting: anExampleAccess(site) } : {}),
    requestedAt: time,
    status: 'CREATE_REQUEST_RECEIVED',
    statusSince: time,
  }
}

const exampleIds: Record<string, string> = {
  Subnet: 'subnet-00000000000000000',
  SecurityGroup: 'sg-00000000000000000',
  HeadSecurityGroup: 'sg-00000000000000001',
  AccessPoint: 'fsap-00000000000000000',
  ProjectPolicy: 'arn:aws:iam::000000000000:policy/parallelcluster/example',
  JobLogPolicy: 'arn:aws:iam::000000000000:policy/parallelcluster/example-job-log',
}

/** References to the stack's resources as ids of their kind, so that the configuration stands for itself. */
function withExampleIds(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(withExampleIds)
  if (typeof tree !== 'object' || tree === null) return tree
  const [[name, argument] = [], ...others] = Object.entries(tree)
  const resource = name === 'Ref' ? argument : name === 'Fn::GetAtt' ? (argument as unknown[])[0] : undefined
  if (others.length === 0 && typeof resource === 'string' && exampleIds[resource]) return exampleIds[resource]
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, withExampleIds(value)]))
}
