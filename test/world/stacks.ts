// A CloudFormation that takes its time. A cluster's stack makes ParallelCluster's own stack, named by the cluster, and
// removes it before it is gone itself; a create that meets one of that name fails, and its rollback removes that one.
import type { Cloud, NewStack, StackPhase } from '../../core/cloud.ts'

type Status =
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_COMPLETE'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_COMPLETE'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_FAILED'
const phases: Record<Status, StackPhase> = {
  CREATE_IN_PROGRESS: 'creating',
  CREATE_COMPLETE: 'ready',
  ROLLBACK_IN_PROGRESS: 'creating',
  ROLLBACK_COMPLETE: 'failed',
  DELETE_IN_PROGRESS: 'deleting',
  DELETE_FAILED: 'stuck',
}

export type FakeStack = {
  name: string
  stackId: string
  status: Status
  /** When its status changes by itself. */
  until: number | undefined
  cluster: string
  cidr: string
  tags: Record<string, string>
}
type Template = {
  Resources: {
    Cluster: { Properties: { ClusterName: string } }
    Subnet: { Properties: { CidrBlock: string } }
  }
}

/** How this CloudFormation behaves; a test turns the knobs while it runs. */
export const knobs = () => ({
  createSeconds: 300,
  rollbackSeconds: 30,
  deleteSeconds: 100,
  /** How many of the next deletions end as DELETE_FAILED. */
  stuckDeletions: 0,
  /** How long ParallelCluster's stack outlives ours. */
  lingerSeconds: 0,
  /** CloudFormation's reason for not taking any template. */
  refuses: undefined as string | undefined,
})

export type Stacks = ReturnType<typeof stacks>

export function stacks(now: () => number, knob: ReturnType<typeof knobs>, onChange: (name: string) => void) {
  const own = new Map<string, FakeStack>()
  /** ParallelCluster's stacks by name: whose they are, and when they go. */
  const pcluster = new Map<string, { owner: string; until?: number }>()
  const failures = new Map<string, string>()
  /** What must never happen, in the order in which it did. */
  const violations: string[] = []
  const created: string[] = []

  function change(stack: FakeStack, status: Status, seconds?: number): void {
    stack.status = status
    stack.until = seconds === undefined ? undefined : now() + seconds * 1000
    onChange(stack.name)
  }

  function create({ name, template, tags }: NewStack): { refused?: string } {
    if (own.has(name)) return {}
    if (knob.refuses) return { refused: knob.refuses }
    const { Cluster, Subnet } = (template as Template).Resources
    const cluster = Cluster.Properties.ClusterName
    const cidr = Subnet.Properties.CidrBlock
    const stackId = `arn:aws:cloudformation:eu-west-1:1:stack/${name}/${created.push(name)}`
    if ([...own.values()].some((other) => other.cluster === cluster))
      violations.push(`two stacks of ${cluster}`)
    if ([...own.values()].some((other) => other.cidr === cidr))
      failures.set(stackId, `Subnet: The CIDR '${cidr}' conflicts with another subnet`)
    else if (pcluster.has(cluster)) {
      violations.push(`created beside ParallelCluster's stack ${cluster}`)
      failures.set(stackId, `Cluster: ${cluster} already exists`)
    } else {
      pcluster.set(cluster, { owner: stackId })
      if (cluster.startsWith('hpc-fail-create'))
        failures.set(stackId, 'Cluster: Failed to create the cluster: its project asks for it')
    }
    const stack: FakeStack = {
      name,
      stackId,
      cluster,
      cidr,
      tags,
      status: 'CREATE_IN_PROGRESS',
      until: undefined,
    }
    own.set(name, stack)
    change(stack, 'CREATE_IN_PROGRESS', knob.createSeconds)
    return {}
  }

  function remove(name: string): void {
    const stack = own.get(name)
    if (stack && stack.status !== 'DELETE_IN_PROGRESS')
      change(stack, 'DELETE_IN_PROGRESS', knob.deleteSeconds)
  }

  function gone(stack: FakeStack): void {
    own.delete(stack.name)
    dropPcluster(stack, knob.lingerSeconds)
    onChange(stack.name)
  }

  function dropPcluster({ cluster, stackId }: FakeStack, seconds: number): void {
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
    DELETE_IN_PROGRESS(stack) {
      if (knob.stuckDeletions === 0) return gone(stack)
      knob.stuckDeletions--
      change(stack, 'DELETE_FAILED')
    },
  }

  const isDue = ({ until }: { until?: number | undefined }) => until !== undefined && until <= now()
  function step(): void {
    for (const [name, { until }] of pcluster) if (isDue({ until })) pcluster.delete(name)
    for (const stack of [...own.values()].filter(isDue)) ends[stack.status]?.(stack)
  }
  const nextChange = (): number =>
    Math.min(...[...own.values(), ...pcluster.values()].map(({ until }) => until ?? Number.POSITIVE_INFINITY))

  const outputs = (stack: FakeStack): Record<string, string> =>
    stack.status === 'CREATE_COMPLETE'
      ? { SubnetId: `subnet-${stack.cidr}`, HeadNodeIp: stack.cidr.replace(/0\/\d+$/, '10'), SshPort: '22' }
      : {}

  const calls: Pick<Cloud, 'getStack' | 'createStack' | 'deleteStack' | 'getStackFailure'> = {
    async getStack(name) {
      const stack = own.get(name)
      if (!stack) return { phase: pcluster.has(name) ? 'ready' : 'absent', outputs: {} }
      const { stackId, status } = stack
      return { phase: phases[status], stackId, status, outputs: outputs(stack) }
    },
    createStack: async (stack) => create(stack),
    deleteStack: async (name) => remove(name),
    getStackFailure: async (stackId) => failures.get(stackId),
  }
  return { own, pcluster, violations, created, failures, calls, step, nextChange, gone }
}
