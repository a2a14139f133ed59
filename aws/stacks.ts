// The clusters' CloudFormation stacks: many statuses, few meanings.
import {
  CloudFormationClient,
  type CloudFormationClientConfig,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type StackEvent,
} from '@aws-sdk/client-cloudformation'
import type { Cloud, StackPhase } from '../core/cloud.ts'
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
  DELETE_IN_PROGRESS: 'deleting',
  DELETE_FAILED: 'stuck',
  DELETE_COMPLETE: 'absent',
}

type Stacks = Pick<Cloud, 'getStack' | 'createStack' | 'deleteStack' | 'getStackFailure'>

export function stacks(config: CloudFormationClientConfig): Stacks {
  const client = new CloudFormationClient(config)
  return {
    async getStack(name) {
      try {
        const { Stacks } = await sending(client.send(new DescribeStacksCommand({ StackName: name })))
        const { StackId, StackStatus = '', Outputs = [] } = Stacks?.[0] ?? {}
        return {
          // Every other status is of an update, before, while or after which the cluster is there.
          phase: StackStatus ? (phases[StackStatus] ?? 'ready') : 'absent',
          ...(StackId ? { stackId: StackId } : {}),
          status: StackStatus,
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

    async createStack({ name, template, tags, roleArn }) {
      try {
        await sending(
          client.send(
            new CreateStackCommand({
              StackName: name,
              TemplateBody: JSON.stringify(template),
              Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
              RoleARN: roleArn,
            }),
          ),
        )
        return {}
      } catch (error) {
        if (isNamed(error, 'AlreadyExistsException')) return {}
        if (isNamed(error, 'ValidationError', 'InsufficientCapabilitiesException'))
          return { refused: error.message }
        throw error
      }
    },

    async deleteStack(name) {
      await sending(client.send(new DeleteStackCommand({ StackName: name })))
    },

    async getStackFailure(stackId) {
      let first: StackEvent | undefined
      let NextToken: string | undefined
      do {
        const page = await sending(
          client.send(
            new DescribeStackEventsCommand({ StackName: stackId, ...(NextToken ? { NextToken } : {}) }),
          ),
        )
        // Newest first: the last one that matches is the first that happened.
        first = page.StackEvents?.findLast(isOwnFailure) ?? first
        NextToken = page.NextToken
      } while (NextToken)
      return first && `${first.LogicalResourceId}: ${first.ResourceStatusReason}`
    },
  }
}

const isOwnFailure = ({ ResourceStatus, ResourceStatusReason = '' }: StackEvent): boolean =>
  ResourceStatus?.endsWith('_FAILED') === true &&
  ResourceStatusReason !== '' &&
  !ResourceStatusReason.includes('cancelled')
