// The clusters' CloudFormation stacks: many statuses, few meanings.
import {
  CloudFormationClient,
  type CloudFormationClientConfig,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  type DescribeStackEventsOutput,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  type StackEvent,
  type StackResourceSummary,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import type { Cloud, NewStack, StackPhase } from '../core/cloud.ts'
import { deploymentTag } from '../core/names.ts'
import { isNamed, sending } from './errors.ts'

// AWS CloudFormation user guide, "Stack status codes". A rollback counts as creating until it ends, since only
// then does the stack say why.
const phases: Record<string, StackPhase> = {
  CREATE_IN_PROGRESS: 'creating',
  REVIEW_IN_PROGRESS: 'creating',
  ROLLBACK_IN_PROGRESS: 'creating',
  CREATE_COMPLETE: 'ready',
  CREATE_FAILED: 'failed',
  ROLLBACK_COMPLETE: 'failed',
  ROLLBACK_FAILED: 'failed',
  UPDATE_IN_PROGRESS: 'updating',
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'updating',
  UPDATE_ROLLBACK_IN_PROGRESS: 'updating',
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: 'updating',
  UPDATE_COMPLETE: 'ready',
  UPDATE_ROLLBACK_COMPLETE: 'reverted',
  UPDATE_ROLLBACK_FAILED: 'halfway',
  UPDATE_FAILED: 'halfway',
  DELETE_IN_PROGRESS: 'deleting',
  DELETE_FAILED: 'stuck',
  DELETE_COMPLETE: 'absent',
}

type Stacks = Pick<
  Cloud,
  | 'getLustre'
  | 'getStack'
  | 'getTemplate'
  | 'createStack'
  | 'updateStack'
  | 'deleteStack'
  | 'getStackFailure'
  | 'listHeld'
>

export function stacks(config: CloudFormationClientConfig): Stacks {
  const client = new CloudFormationClient(config)

  /** All that is in a stack; nothing where it is not there. */
  async function resources(StackName: string): Promise<StackResourceSummary[]> {
    const all: StackResourceSummary[] = []
    let NextToken: string | undefined
    do {
      const page = await sending(
        client.send(new ListStackResourcesCommand({ StackName, ...(NextToken ? { NextToken } : {}) })),
      ).catch((error) => {
        if (isNamed(error, 'ValidationError') && error.message.includes('does not exist')) return undefined
        throw error
      })
      all.push(...(page?.StackResourceSummaries ?? []))
      NextToken = page?.NextToken
    } while (NextToken)
    return all
  }

  return {
    async getStack(name) {
      try {
        const { Stacks } = await sending(client.send(new DescribeStacksCommand({ StackName: name })))
        const { StackId, StackStatus = '', Outputs = [], Tags = [] } = Stacks?.[0] ?? {}
        const deploymentId = Tags.find(({ Key }) => Key === deploymentTag)?.Value
        return {
          // Every other status is of an import, before, while or after which the cluster is there.
          phase: StackStatus ? (phases[StackStatus] ?? 'ready') : 'absent',
          ...(StackId ? { stackId: StackId } : {}),
          status: StackStatus,
          ...(deploymentId ? { deploymentId } : {}),
          outputs: Object.fromEntries(
            Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
          ),
        }
      } catch (error) {
        if (isNamed(error, 'ValidationError') && error.message.includes('does not exist'))
          return { phase: 'absent', outputs: {} }
        throw error
      }
    },

    async getTemplate(name) {
      const { TemplateBody = '' } = await sending(
        client.send(new GetTemplateCommand({ StackName: name, TemplateStage: 'Original' })),
      )
      return JSON.parse(TemplateBody) as object
    },

    async getLustre(clusterName) {
      const lustre = (await resources(clusterName)).find(
        ({ ResourceType, PhysicalResourceId, ResourceStatus }) =>
          ResourceType === 'AWS::FSx::FileSystem' &&
          PhysicalResourceId &&
          // A stack that could not be deleted goes on telling of what it deleted.
          ResourceStatus !== 'DELETE_COMPLETE',
      )
      return lustre?.PhysicalResourceId
    },

    async listHeld(name) {
      return (await resources(name))
        .filter(({ ResourceStatus }) => ResourceStatus === 'DELETE_FAILED')
        .map(({ LogicalResourceId = '', ResourceType = '', PhysicalResourceId = '', ...why }) => ({
          logicalId: LogicalResourceId,
          type: ResourceType,
          physicalId: PhysicalResourceId,
          reason: why.ResourceStatusReason ?? '',
        }))
    },

    async createStack(stack) {
      try {
        await sending(client.send(new CreateStackCommand(requestOf(stack))))
        return {}
      } catch (error) {
        if (isNamed(error, 'AlreadyExistsException')) return {}
        if (isNamed(error, 'ValidationError', 'InsufficientCapabilitiesException'))
          return { refused: error.message }
        throw error
      }
    },

    async updateStack(stack) {
      try {
        await sending(client.send(new UpdateStackCommand(requestOf(stack))))
        return {}
      } catch (error) {
        if (isNamed(error, 'ValidationError') && error.message.includes('No updates are to be performed'))
          return { done: true }
        if (isNamed(error, 'ValidationError', 'InsufficientCapabilitiesException'))
          return { refused: error.message }
        throw error
      }
    },

    async deleteStack(name, { retain, roleArn } = {}) {
      try {
        await sending(
          client.send(
            new DeleteStackCommand({
              StackName: name,
              ...(retain ? { RetainResources: retain } : {}),
              ...(roleArn ? { RoleARN: roleArn } : {}),
            }),
          ),
        )
      } catch (error) {
        // CloudFormation deletes no stack that it is updating.
        if (isNamed(error, 'ValidationError') && /cannot be deleted while in status/i.test(error.message))
          return
        throw error
      }
    },

    async getStackFailure(stackId) {
      let first: StackEvent | undefined
      let NextToken: string | undefined
      do {
        const page = await sending(
          client.send(
            new DescribeStackEventsCommand({ StackName: stackId, ...(NextToken ? { NextToken } : {}) }),
          ),
        ).catch((error): Pick<DescribeStackEventsOutput, 'StackEvents' | 'NextToken'> => {
          // By its id a stack tells of itself for 90 days after it is gone (user guide, "View stack events").
          if (isNamed(error, 'ValidationError') && error.message.includes('does not exist')) return {}
          throw error
        })
        // Newest first: the last one that matches is the first that happened, and what is before the stack's own start
        // is of another operation.
        const events = page.StackEvents ?? []
        const start = events.findIndex(isStart)
        first = (start < 0 ? events : events.slice(0, start)).findLast(isOwnFailure) ?? first
        NextToken = start < 0 ? page.NextToken : undefined
      } while (NextToken)
      return first && `${first.LogicalResourceId}: ${first.ResourceStatusReason}`
    },
  }
}

const isOwnFailure = ({ ResourceStatus, ResourceStatusReason = '' }: StackEvent): boolean =>
  ResourceStatus?.endsWith('_FAILED') === true &&
  ResourceStatusReason !== '' &&
  !ResourceStatusReason.includes('cancelled')

const isStart = ({ PhysicalResourceId, StackId, ResourceStatus }: StackEvent): boolean =>
  StackId !== undefined &&
  PhysicalResourceId === StackId &&
  ['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS'].includes(ResourceStatus ?? '')

const requestOf = ({ name, template, tags, roleArn }: NewStack) => ({
  StackName: name,
  TemplateBody: JSON.stringify(template),
  Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  RoleARN: roleArn,
  // For the policies of the cluster's nodes; the project's has a name of its own.
  Capabilities: ['CAPABILITY_NAMED_IAM' as const],
})
