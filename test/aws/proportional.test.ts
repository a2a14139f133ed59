// What is read of the tables follows what is due or asked for, however many clusters there are.
import { QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Cluster } from '../../core/cluster.ts'
import { gauges } from '../../core/notices/measures.ts'
import { sweep } from '../../core/reconcile/sweep.ts'
import { verbs } from '../../core/verbs/index.ts'
import { statusOf } from '../../core/view.ts'
import { aCluster, aSite } from '../core/samples.ts'
import { wishFor } from '../wishes.ts'
import { aService } from '../world.ts'
import { fakeAws } from './fake-aws.ts'

const fleet = 10_000
const labs = 100
const [due, stuck] = [120, 3]
const later = '2999-01-01T00:00:00.000Z'
const passed = '2026-01-01T00:00:00.000Z'

/** A fleet of settled clusters, some of them due for their hourly look, a few stuck. */
function seed(tables: Map<string, Map<string, Record<string, unknown>>>): void {
  for (let i = 0; i < fleet; i++) {
    const cluster: Cluster = aCluster({
      name: `hpc-p-${String(i).padStart(15, '0')}`,
      virtualLab: `lab-${i % labs}`,
      slot: i,
      status: i < stuck ? 'DELETE_FAILED' : 'CREATE_COMPLETE',
      dueAt: i % Math.floor(fleet / due) === 0 && i / Math.floor(fleet / due) < due ? passed : later,
    })
    const item = { ...cluster, wireStatus: statusOf(cluster), due: 'due' }
    tables.get('clusters')?.set(JSON.stringify([item.name]), item)
    const { name, deploymentId } = cluster
    tables.get('slots')?.set(JSON.stringify([i]), { slot: i, cluster: name, deploymentId })
  }
}

let aws: ReturnType<typeof fakeAws>
const context = () => ({ cloud: aws.cloud, site: aSite(), ...aService })

/** How many records DynamoDB read for the queries and scans since the last one, as it counts them for its price. */
async function examined(): Promise<number> {
  const calls = [...aws.dynamodb.commandCalls(QueryCommand), ...aws.dynamodb.commandCalls(ScanCommand)]
  const answers = await Promise.all(calls.map(({ returnValue }) => returnValue))
  return answers.reduce((sum, { ScannedCount = Number.NaN }) => sum + ScannedCount, 0)
}

beforeAll(() => {
  aws = fakeAws()
  seed(aws.tables)
})
beforeEach(() => aws.forget())

describe('a sweep of 10,000 settled clusters', () => {
  it('reads no more than those that are due, and wakes each of them once', async () => {
    expect(await sweep(context())).toBe(due)
    expect(await examined()).toBe(due)
    // Those that are due, and the queue of those that wait.
    const asked = ['QueryCommand', 'QueryCommand']
    expect(aws.sent().sort()).toEqual([...asked, ...Array(due).fill('SendMessageCommand')])
  })

  it('reads nothing while none is due', async () => {
    const early = { ...context(), cloud: { ...aws.cloud, now: () => new Date('2020-01-01') } }
    expect(await sweep(early)).toBe(0)
    expect(await examined()).toBe(0)
  })
})

describe('a list of 10,000 clusters', () => {
  const limit = 20
  it.each([
    ['of all', {}],
    ['of a virtual lab', { virtualLab: 'lab-7' }],
    ['of a status', { status: 'CREATE_COMPLETE' as const }],
    ['of a virtual lab and a status', { virtualLab: 'lab-7', status: 'CREATE_COMPLETE' as const }],
    [
      'of a virtual lab and a status that none there has',
      { virtualLab: 'lab-7', status: 'CREATE_FAILED' as const },
    ],
  ])('%s reads one page and no more', async (_which, query) => {
    await verbs.listClusters(context(), { limit, ...query })
    expect(aws.sent()).toHaveLength(1)
    expect(await examined()).toBe(limit)
  })

  it('of a virtual lab and a status reads that lab, and no other, to its end', async () => {
    const query = { limit, virtualLab: 'lab-7', status: 'CREATE_FAILED' as const }
    for (let cursor: string | undefined; ; ) {
      const page = await verbs.listClusters(context(), { ...query, ...(cursor ? { cursor } : {}) })
      cursor = page.cursor
      if (!cursor) break
    }
    expect(await examined()).toBe(fleet / labs)
  })
})

describe('beside 10,000 clusters', () => {
  it('a create asks for its record, the count of its virtual lab, and 32 slots', async () => {
    await verbs.createCluster(context(), wishFor('one-more')).catch(() => {})
    expect(await examined()).toBe(0)
    for (const { args } of aws.dynamodb.calls().slice(0, 1))
      expect(JSON.stringify(args[0].input).match(/"(name|slot)":/g)).toHaveLength(34)
  })

  it('the gauges read the stuck ones, the queue, and of the slots one page', async () => {
    const told = await gauges(context())
    expect(told.find(({ name }) => name === 'ClustersStuck')?.value).toBe(stuck)
    expect(aws.sent().sort()).toEqual(['QueryCommand', 'QueryCommand', 'ScanCommand'])
    expect(await examined()).toBe(stuck + fleet)
  })
})
