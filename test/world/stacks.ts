// A CloudFormation that takes its time. A cluster's stack makes ParallelCluster's own stack, named by the cluster, and
// removes it before it is gone itself; a create that meets one of that name fails, and its rollback removes that one.
import type { Cloud, NewStack, StackDeletion, StackPhase } from '../../core/cloud.ts'
import type { Leftover } from '../../core/cluster.ts'
import { deploymentTag } from '../../core/names.ts'
import { leftover } from './leftovers.ts'
import { pclusterId, pclusterStacks } from './pcluster-stacks.ts'

type Status =
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_COMPLETE'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_COMPLETE'
  | 'UPDATE_IN_PROGRESS'
  | 'UPDATE_COMPLETE'
  | 'UPDATE_ROLLBACK_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_COMPLETE'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_FAILED'
const phases: Record<Status, StackPhase> = {
  CREATE_IN_PROGRESS: 'creating',
  CREATE_COMPLETE: 'ready',
  ROLLBACK_IN_PROGRESS: 'creating',
  ROLLBACK_COMPLETE: 'failed',
  UPDATE_IN_PROGRESS: 'updating',
  UPDATE_COMPLETE: 'ready',
  UPDATE_ROLLBACK_IN_PROGRESS: 'updating',
  UPDATE_ROLLBACK_COMPLETE: 'reverted',
  DELETE_IN_PROGRESS: 'deleting',
  DELETE_FAILED: 'stuck',
}

const updatable: Status[] = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE']

export type FakeStack = {
  name: string
  stackId: string
  status: Status
  /** When its status changes by itself. */
  until: number | undefined
  cluster: string
  /** The provider was never asked for the cluster, since another stack had claimed its name. */
  isRefused?: boolean
  cidr: string
  tags: Record<string, string>
  /** The configuration that runs, and the one that an update is bringing. */
  configuration: string
  wanted?: string
  template: object
  wantedTemplate?: object
  /** What its deletion leaves, and what the last one could not delete. */
  retain?: string[]
  held?: Leftover[]
}
type Template = {
  Resources: {
    Cluster: { Properties: { ClusterName: string; ClusterConfiguration?: unknown } }
    Subnet: { Properties: { CidrBlock: string; AvailabilityZone?: string } }
    NameClaim?: object
  }
}

/** How this CloudFormation behaves; a test turns the knobs while it runs. */
export const knobs = () => ({
  createSeconds: 300,
  rollbackSeconds: 30,
  updateSeconds: 60,
  deleteSeconds: 100,
  /** How many of the next deletions end as DELETE_FAILED, since the subnet is in use for a moment. */
  stuckDeletions: 0,
  /** Logical ids that no deletion of a cluster's stack can delete. */
  held: [] as string[],
  /** The same in ParallelCluster's stack. */
  pclusterHeld: [] as string[],
  /** The provider answers no Delete and does none, so that CloudFormation gives up after a while. */
  silentProvider: false,
  silentSeconds: 3600,
  /** How long ParallelCluster's stack outlives ours. */
  lingerSeconds: 0,
  /** Zones in which no head node can be started. */
  noCapacity: [] as string[],
  /** CloudFormation's reason for not taking any template. */
  refuses: undefined as string | undefined,
  /** What the accounting database says to everything, in place of doing it. */
  database: undefined as string | undefined,
})

// As RunInstances says it: github.com/aws/aws-parallelcluster/issues/1216.
const noCapacityIn = (zone: string): string =>
  `We currently do not have sufficient t3.medium capacity in the Availability Zone you requested (${zone}).`

export type Stacks = ReturnType<typeof stacks>

export function stacks(now: () => number, knob: ReturnType<typeof knobs>, onChange: (name: string) => void) {
  const own = new Map<string, FakeStack>()
  const { pcluster, ...inner } = pclusterStacks(now, knob)
  /** What deletions were told to leave behind, and the subnets among it. */
  const leftovers: (Leftover & { cidr?: string })[] = []
  const failures = new Map<string, string>()
  /** What must never happen, in the order in which it did. */
  const violations: string[] = []
  const created: string[] = []
  const updates: string[] = []

  function change(stack: FakeStack, status: Status, seconds?: number): void {
    stack.status = status
    stack.until = seconds === undefined ? undefined : now() + seconds * 1000
    onChange(stack.name)
  }

  function create({ name, template, tags }: NewStack): { refused?: string } {
    if (own.has(name)) return {}
    if (knob.refuses) return { refused: knob.refuses }
    const { Cluster, Subnet, NameClaim } = (template as Template).Resources
    const cluster = Cluster.Properties.ClusterName
    const cidr = Subnet.Properties.CidrBlock
    const stackId = `arn:aws:cloudformation:eu-west-1:1:stack/${name}/${created.push(name)}`
    const others = [...own.values()].filter((other) => other.cluster === cluster)
    if (others.length > 0) violations.push(`two stacks of ${cluster}`)
    const isRefused = NameClaim !== undefined && others.some(({ status }) => status !== 'ROLLBACK_COMPLETE')
    if (isRefused) failures.set(stackId, `NameClaim: the name of ${cluster} already exists`)
    else if ([...own.values(), ...leftovers].some((other) => other.cidr === cidr))
      failures.set(stackId, `Subnet: The CIDR '${cidr}' conflicts with another subnet`)
    else if (pcluster.has(cluster)) {
      violations.push(`created beside ParallelCluster's stack ${cluster}`)
      failures.set(stackId, `Cluster: ${cluster} already exists`)
    } else {
      pcluster.set(cluster, { owner: stackId, deploymentId: tags[deploymentTag] ?? '' })
      if (cluster.startsWith('hpc-fail-create'))
        failures.set(stackId, 'Cluster: Failed to create the cluster: its project asks for it')
      const { AvailabilityZone: zone = '' } = Subnet.Properties
      if (knob.noCapacity.includes(zone)) {
        failures.set(stackId, `Cluster: ${cluster}: CREATE_FAILED (ResourceCreationFailure)`)
        failures.set(pclusterId(stackId), `HeadNode: ${noCapacityIn(zone)}`)
      }
    }
    const stack: FakeStack = {
      name,
      stackId,
      cluster,
      isRefused,
      cidr,
      tags,
      configuration: configurationOf(template),
      template,
      status: 'CREATE_IN_PROGRESS',
      until: undefined,
    }
    own.set(name, stack)
    change(stack, 'CREATE_IN_PROGRESS', knob.createSeconds)
    return {}
  }

  const configurationOf = (template: object): string =>
    JSON.stringify((template as Template).Resources.Cluster.Properties.ClusterConfiguration ?? {})

  function update({ name, template, tags }: NewStack): { done?: boolean; refused?: string } {
    const stack = own.get(name)
    if (!stack) return { refused: `Stack [${name}] does not exist` }
    if (!updatable.includes(stack.status))
      return { refused: `Stack:${stack.stackId} is in ${stack.status} state and can not be updated.` }
    if (knob.refuses) return { refused: knob.refuses }
    if (JSON.stringify(tags) !== JSON.stringify(stack.tags)) violations.push(`changed the tags of ${name}`)
    const wanted = configurationOf(template)
    if (wanted === stack.configuration) return { done: true }
    updates.push(name)
    stack.wanted = wanted
    stack.wantedTemplate = template
    change(stack, 'UPDATE_IN_PROGRESS', knob.updateSeconds)
    return {}
  }

  function remove(name: string, { retain }: StackDeletion = {}): void {
    inner.remove(name, retain)
    const stack = own.get(name)
    // CloudFormation refuses what is being updated.
    if (stack?.status.startsWith('UPDATE_') && stack.status.endsWith('_IN_PROGRESS')) return
    if (!stack || stack.status === 'DELETE_IN_PROGRESS') return
    if (retain && stack.status !== 'DELETE_FAILED')
      throw new Error(`RetainResources: the stack ${name} is not in DELETE_FAILED`)
    stack.retain = [...(stack.retain ?? []), ...(retain ?? [])]
    const isSilent = knob.silentProvider && !stack.retain.includes('Cluster') && pcluster.has(stack.cluster)
    change(stack, 'DELETE_IN_PROGRESS', isSilent ? knob.silentSeconds : knob.deleteSeconds)
  }

  /** What the end of this deletion cannot delete. The subnet and its groups wait for what is in them. */
  function heldNow(stack: FakeStack): Leftover[] {
    const { cluster, stackId, retain = [] } = stack
    const isInside = pcluster.get(cluster)?.owner === stackId && knob.lingerSeconds === 0
    const holdsCluster = isInside && (knob.silentProvider || knob.pclusterHeld.length > 0)
    if (holdsCluster && !retain.includes('Cluster')) {
      if (!knob.silentProvider) inner.fail(cluster)
      return [leftover(stack, 'Cluster', 'it could not be deleted')]
    }
    // The cluster goes first, since it needs all else.
    if (isInside && !holdsCluster) dropPcluster(stack, 0)
    const held = [...knob.held, ...(holdsCluster ? ['Subnet', 'SecurityGroup'] : [])]
    if (knob.stuckDeletions > 0) held.push('Subnet')
    knob.stuckDeletions = Math.max(0, knob.stuckDeletions - 1)
    return [...new Set(held)]
      .filter((logicalId) => !retain.includes(logicalId))
      .map((logicalId) => leftover(stack, logicalId, 'it has dependencies and cannot be deleted'))
  }

  function gone(stack: FakeStack): void {
    own.delete(stack.name)
    for (const logicalId of stack.retain ?? [])
      if (logicalId !== 'Cluster' && (knob.held.includes(logicalId) || logicalId === 'Subnet'))
        leftovers.push(leftover(stack, logicalId, ''))
    if (!stack.retain?.includes('Cluster')) dropPcluster(stack, knob.lingerSeconds)
    onChange(stack.name)
  }

  function dropPcluster({ cluster, stackId, isRefused }: FakeStack, seconds: number): void {
    if (isRefused) return
    const built = pcluster.get(cluster)
    if (built && built.owner !== stackId)
      violations.push(`${stackId} removed the ${cluster} of another stack`)
    if (built && seconds === 0) pcluster.delete(cluster)
    else if (built) built.until = now() + seconds * 1000
  }

  const ends: Partial<Record<Status, (stack: FakeStack) => void>> = {
    CREATE_IN_PROGRESS(stack) {
      if (!failures.has(stack.stackId)) return change(stack, 'CREATE_COMPLETE')
      dropPcluster(stack, 0)
      change(stack, 'ROLLBACK_IN_PROGRESS', knob.rollbackSeconds)
    },
    ROLLBACK_IN_PROGRESS: (stack) => change(stack, 'ROLLBACK_COMPLETE'),
    UPDATE_IN_PROGRESS(stack) {
      if (stack.cluster.startsWith('hpc-fail-update')) {
        failures.set(stack.stackId, 'Cluster: Failed to update the cluster: its project asks for it')
        return change(stack, 'UPDATE_ROLLBACK_IN_PROGRESS', knob.rollbackSeconds)
      }
      stack.configuration = stack.wanted ?? ''
      stack.template = stack.wantedTemplate ?? {}
      change(stack, 'UPDATE_COMPLETE')
    },
    UPDATE_ROLLBACK_IN_PROGRESS: (stack) => change(stack, 'UPDATE_ROLLBACK_COMPLETE'),
    DELETE_IN_PROGRESS(stack) {
      stack.held = heldNow(stack)
      if (stack.held.length === 0) return gone(stack)
      change(stack, 'DELETE_FAILED')
    },
  }

  const isDue = ({ until }: { until?: number | undefined }) => until !== undefined && until <= now()
  function step(): void {
    inner.step()
    for (const stack of [...own.values()].filter(isDue)) ends[stack.status]?.(stack)
  }
  const nextChange = (): number =>
    Math.min(...[...own.values(), ...pcluster.values()].map(({ until }) => until ?? Number.POSITIVE_INFINITY))

  const outputs = (stack: FakeStack): Record<string, string> =>
    updatable.includes(stack.status)
      ? { SubnetId: `subnet-${stack.cidr}`, HeadNodeIp: stack.cidr.replace(/0\/\d+$/, '10'), SshPort: '22' }
      : {}

  const calls: Pick<
    Cloud,
    | 'getStack'
    | 'getTemplate'
    | 'createStack'
    | 'updateStack'
    | 'deleteStack'
    | 'getStackFailure'
    | 'listHeld'
    | 'listRemaining'
  > = {
    async getStack(name) {
      const stack = own.get(name)
      if (!stack) return inner.get(name)
      const { stackId, status } = stack
      return { phase: phases[status], stackId, status, outputs: outputs(stack) }
    },
    async getTemplate(name) {
      const stack = own.get(name)
      if (!stack) throw new Error(`Stack with id ${name} does not exist`)
      return stack.template
    },
    createStack: async (stack) => create(stack),
    updateStack: async (stack) => update(stack),
    deleteStack: async (name, how) => remove(name, how),
    getStackFailure: async (stackId) => failures.get(stackId),
    listHeld: async (name) => own.get(name)?.held ?? inner.heldOf(name),
    listRemaining: async (asked) =>
      asked.filter(({ physicalId }) => leftovers.some((left) => left.physicalId === physicalId)),
  }
  return { own, pcluster, leftovers, violations, created, updates, failures, calls, step, nextChange, gone }
}
