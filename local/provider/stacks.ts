// The two CloudFormation stacks of a cluster: the outer one, which asked for it, and ParallelCluster's own.
import {
  type CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation'

export type StackFacts = { stackId: string; status: string; tags: Record<string, string> }
export type OwnStack = {
  name: string
  logGroupName: string
  logRetentionDays: number
  tags: Record<string, string>
}

export type Stacks = {
  /** By name or id; undefined where there is none. A deleted stack is found by its id only. */
  find(nameOrId: string): Promise<StackFacts | undefined>
  /** The statuses that a stack itself has had, in no order. */
  history(stackId: string): Promise<string[]>
  /** Starts the creation; answers undefined when a stack of that name exists. */
  createOwn(stack: OwnStack): Promise<string | undefined>
  deleteOwn(name: string): Promise<void>
}

export const cloudFormationStacks = (cloudFormation: CloudFormationClient): Stacks => ({
  find: async (nameOrId) => {
    const answer = await cloudFormation
      .send(new DescribeStacksCommand({ StackName: nameOrId }))
      .catch(unless('ValidationError'))
    const stack = answer?.Stacks?.[0]
    if (!stack?.StackId) return undefined
    const tags = Object.fromEntries((stack.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']))
    return { stackId: stack.StackId, status: stack.StackStatus ?? '', tags }
  },
  history: async (stackId) => {
    const answer = await cloudFormation
      .send(new DescribeStackEventsCommand({ StackName: stackId }))
      .catch(unless('ValidationError'))
    return (answer?.StackEvents ?? [])
      .filter((event) => event.PhysicalResourceId === stackId)
      .map((event) => event.ResourceStatus ?? '')
  },
  createOwn: async (stack) => {
    const answer = await cloudFormation
      .send(
        new CreateStackCommand({
          StackName: stack.name,
          TemplateBody: JSON.stringify(ownTemplate(stack)),
          Tags: Object.entries(stack.tags).map(([Key, Value]) => ({ Key, Value })),
        }),
      )
      .catch(unless('AlreadyExistsException'))
    return answer?.StackId
  },
  deleteOwn: async (name) => {
    await cloudFormation.send(new DeleteStackCommand({ StackName: name }))
  },
})

const unless = (name: string) => (error: Error) => {
  if (error.name === name) return undefined
  throw error
}

// The one thing of ParallelCluster's many that means something here; as there, it outlives the stack and expires.
const ownTemplate = ({ name, logGroupName, logRetentionDays }: OwnStack) => ({
  Description: `Stands for ParallelCluster's own stack of ${name}: its hosts are processes on this machine.`,
  Resources: {
    CloudWatchLogGroup: {
      Type: 'AWS::Logs::LogGroup',
      DeletionPolicy: 'Retain',
      Properties: { LogGroupName: logGroupName, RetentionInDays: logRetentionDays },
    },
  },
})
