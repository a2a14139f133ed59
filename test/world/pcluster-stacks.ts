// ParallelCluster's own stacks, named by the cluster: made and removed by the provider, or removed without it.
import type { Stack } from '../../core/cloud.ts'
import type { Leftover } from '../../core/cluster.ts'

export type PclusterStack = {
  /** The stack that asked for it. */
  owner: string
  deploymentId?: string
  /** When it goes, or its deletion fails. */
  until?: number
  isStuck?: boolean
  retain?: string[]
}
/** CloudFormation's id of the stack that another one had made. */
export const pclusterId = (owner: string): string => `${owner}-pcluster`

type Knobs = { deleteSeconds: number; pclusterHeld: string[] }

export function pclusterStacks(now: () => number, knob: Knobs) {
  const pcluster = new Map<string, PclusterStack>()

  const heldBy = ({ retain = [] }: PclusterStack): Leftover[] =>
    knob.pclusterHeld
      .filter((logicalId) => !retain.includes(logicalId))
      .map((logicalId) => ({
        logicalId,
        type: 'AWS::EC2::Instance',
        physicalId: `i-${logicalId.toLowerCase()}`,
        reason: 'termination protection',
      }))

  return {
    pcluster,

    get(name: string): Stack {
      const stack = pcluster.get(name)
      if (!stack) return { phase: 'absent', outputs: {} }
      const phase = stack.isStuck ? 'stuck' : stack.until === undefined ? 'ready' : 'deleting'
      const of = stack.deploymentId ? { deploymentId: stack.deploymentId } : {}
      return { phase, stackId: pclusterId(stack.owner), ...of, outputs: {} }
    },

    remove(name: string, retain?: string[]): void {
      const stack = pcluster.get(name)
      if (!stack || stack.until !== undefined) return
      if (retain && !stack.isStuck)
        throw new Error(`RetainResources: the stack ${name} is not in DELETE_FAILED`)
      stack.retain = [...(stack.retain ?? []), ...(retain ?? [])]
      stack.isStuck = false
      stack.until = now() + knob.deleteSeconds * 1000
    },

    /** The provider asked for its deletion, which failed. */
    fail(name: string): void {
      const stack = pcluster.get(name)
      if (stack && stack.until === undefined) stack.isStuck = true
    },

    heldOf(name: string): Leftover[] {
      const stack = pcluster.get(name)
      return stack?.isStuck ? heldBy(stack) : []
    },

    step(): void {
      for (const [name, stack] of pcluster) {
        if (stack.until === undefined || stack.until > now()) continue
        if (heldBy(stack).length === 0) pcluster.delete(name)
        else {
          delete stack.until
          stack.isStuck = true
        }
      }
    },
  }
}
