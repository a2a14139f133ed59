// What is written to the tables: one transaction for a change of a record, with all that follows from it.
import { setTimeout as sleep } from 'node:timers/promises'
import type { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb'
import { monotonicFactory } from 'ulid'
import type { Change, Cloud } from '../core/cloud.ts'
import type { Cluster } from '../core/cluster.ts'
import { AppError } from '../core/errors.ts'
import { counts } from '../core/queue/claims.ts'
import { statusOf } from '../core/view.ts'
import { auditPut } from './audit.ts'
import { isNamed, sending, unavailable } from './errors.ts'
import { operationWrites } from './operations.ts'
import type { Tables } from './records.ts'

type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

const nextId = monotonicFactory()
const conflictRounds = 4
// Why DynamoDB cancels a transaction: its API reference, TransactWriteItems, CancellationReasons.
const conflicts = ['ConditionalCheckFailed', 'TransactionConflict']
const busy = new Set(['ThrottlingError', 'ProvisionedThroughputExceeded'])

export function commits(
  client: DynamoDBDocumentClient,
  tables: Tables,
  now: () => Date,
): Pick<Cloud, 'commit'> {
  return {
    async commit(change) {
      const TransactItems = writes(change, tables, now())
      for (let round = 1; ; round++) {
        try {
          await sending(client.send(new TransactWriteCommand({ TransactItems })))
          return
        } catch (error) {
          if (!isNamed(error, 'TransactionCanceledException')) throw error
          const codes =
            (error as TransactionCanceledException).CancellationReasons?.map(({ Code }) => Code) ?? []
          if (codes.some((code) => code && busy.has(code))) throw unavailable(error)
          const others = codes.filter((code) => code && !['None', ...conflicts].includes(code))
          // A write that DynamoDB does not take is a fault of ours, which coming again would only hide.
          if (others.length > 0) throw error
          if (codes.includes('ConditionalCheckFailed') || round === conflictRounds)
            throw new AppError('Conflict', 'The cluster was changed at the same moment. Ask again.', {
              cause: error,
              retryAfterSeconds: 1,
            })
          // Another transaction was under way on the same items; who is right shows once it has ended.
          await sleep(20 * round * (1 + Math.random()))
        }
      }
    },
  }
}

function writes(change: Change, tables: Tables, now: Date): Write[] {
  const { before, after, events, audit, keepsSlot } = change
  const of = after ?? before
  if (!of) return []
  const unchanged = before
    ? {
        ConditionExpression: '#version = :version AND deploymentId = :deployment',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':version': before.version, ':deployment': before.deploymentId },
      }
    : { ConditionExpression: 'attribute_not_exists(#name)', ExpressionAttributeNames: { '#name': 'name' } }
  const record: Write = after
    ? { Put: { TableName: tables.clusters, Item: item(after, (before?.version ?? 0) + 1), ...unchanged } }
    : { Delete: { TableName: tables.clusters, Key: { name: of.name }, ...unchanged } }
  const told = events.map((event): Write => {
    const { name: cluster, virtualLab, project, deploymentId } = of
    const Item = {
      id: nextId(now.getTime()),
      at: now.toISOString(),
      cluster,
      virtualLab,
      project,
      deploymentId,
      ...event,
    }
    return { Put: { TableName: tables.events, Item } }
  })
  const entry: Write[] = audit ? [{ Put: auditPut(tables.audit, audit) }] : []
  const slots = keepsSlot ? [] : slotWrites(before, after, tables)
  return [record, ...slots, ...operationWrites(change, tables.operations), ...told, ...entry]
}

/** `wireStatus` and `due` are what the indexes read; the rest is the record itself. */
const item = (cluster: Cluster, version: number) => ({
  ...cluster,
  version,
  isCounted: counts(cluster),
  wireStatus: statusOf(cluster),
  ...(cluster.dueAt ? { due: 'due' } : {}),
})

function slotWrites(before: Cluster | undefined, after: Cluster | undefined, tables: Tables): Write[] {
  if (before?.slot === after?.slot) return []
  const give: Write[] =
    before?.slot === undefined
      ? []
      : [
          {
            Delete: {
              TableName: tables.slots,
              Key: { slot: before.slot },
              ConditionExpression: 'deploymentId = :deployment',
              ExpressionAttributeValues: { ':deployment': before.deploymentId },
            },
          },
        ]
  const take: Write[] =
    after?.slot === undefined
      ? []
      : [
          {
            Put: {
              TableName: tables.slots,
              Item: { slot: after.slot, cluster: after.name, deploymentId: after.deploymentId },
              ConditionExpression: 'attribute_not_exists(#slot)',
              ExpressionAttributeNames: { '#slot': 'slot' },
            },
          },
        ]
  return [...give, ...take]
}
