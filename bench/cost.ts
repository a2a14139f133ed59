// What a month of one cluster costs the control plane: calls counted over a whole life in the in-memory cloud, times list
// prices. Alone: `node bench/cost.ts`.
import { aName, create, remove } from '../test/wishes.ts'
import { makeWorld } from '../test/world.ts'
import { markdown, type Section } from './section.ts'

/** Dollars in us-east-1 by the services' pricing pages, as of November 2025, without any free tier. */
const price = {
  dynamodbWrite: 0.625e-6,
  dynamodbRead: 0.125e-6,
  sqsRequest: 0.4e-6,
  lambdaRequest: 0.2e-6,
  lambdaArmGbSecond: 0.0000133334,
  apiGatewayRequest: 3.5e-6,
  secretMonth: 0.4,
  secretsRequest: 0.05 / 10_000,
  busEvent: 1e-6,
}

/** What is assumed where nothing is counted. */
const assumed = { days: 30, requests: 1000, passSeconds: 0.25, requestSeconds: 0.05, functionGb: 1769 / 1024 }
const secrets = 2

type Line = [what: string, count: number, dollars: number]

async function lifeOfAMonth(): Promise<{ calls: Record<string, number>; events: number; kilobytes: number }> {
  const world = makeWorld()
  // Its own messages carry it, and the sweep what is due each hour.
  await create(world)
  await world.advance(assumed.days * 86_400)
  const kilobytes = Math.ceil(JSON.stringify(world.clusters.get(aName)).length / 1024)
  await remove(world)
  await world.advance(3600)
  if (world.clusters.size > 0) throw new Error('The cluster of the calculation did not go away.')
  const byName = Map.groupBy(world.calls, ({ name }) => name)
  const calls = Object.fromEntries([...byName].map(([name, some]) => [name, some.length]))
  return { calls, events: world.events.length, kilobytes }
}

/**
 * A transaction counts twice; an index takes the record once more, and twice where its key changes: by virtual lab, by
 * status, and two units by due time. This is the dearest case of each.
 */
const unitsOfCommits = (commits: number, events: number, kilobytes: number): number =>
  commits * (2 * kilobytes + kilobytes + 2 * kilobytes + 2) + 2 * events

export async function measureCost(): Promise<Section> {
  const { calls, events, kilobytes } = await lifeOfAMonth()
  const count = (name: string) => calls[name] ?? 0
  const looks = count('wake')
  const writes = unitsOfCommits(count('commit'), events, kilobytes) + 4
  const reads = count('getCluster') + 33 * count('getClusterAndFreeSlots') + assumed.requests
  const passes = looks * assumed.passSeconds + assumed.requests * assumed.requestSeconds
  const lines: Line[] = [
    ['the two secrets of its keys', secrets, secrets * price.secretMonth],
    [`${assumed.requests} requests to the API`, assumed.requests, assumed.requests * price.apiGatewayRequest],
    ['DynamoDB, write units', writes, writes * price.dynamodbWrite],
    ['DynamoDB, read units', reads, reads * price.dynamodbRead],
    ['SQS: send, receive, delete', 3 * looks, 3 * looks * price.sqsRequest],
    ['Lambda, calls', looks + assumed.requests, (looks + assumed.requests) * price.lambdaRequest],
    ['Lambda, seconds', passes, passes * assumed.functionGb * price.lambdaArmGbSecond],
    ['notices', events, events * price.busEvent],
    ['Secrets Manager, calls', count('createSecret') + count('deleteSecret'), 4 * price.secretsRequest],
    ['CloudFormation, calls', count('getStack') + count('createStack') + count('deleteStack'), 0],
  ]
  const total = lines.reduce((sum, [, , dollars]) => sum + dollars, 0)
  return {
    title: 'What a cluster costs the control plane in a month',
    note:
      `Created, kept for ${assumed.days} days, deleted; its own machines, disks and traffic are not in it. Counted: ` +
      `${count('commit')} writes of a record of ${kilobytes} KB, ${looks} messages. Assumed: ${assumed.passSeconds} s a pass, ` +
      `${assumed.requestSeconds} s a request. List prices of us-east-1 as of November 2025.`,
    head: ['what', 'how many', 'dollars'],
    rows: [
      ...lines.map(([what, many, dollars]) => [what, many, dollars.toFixed(5)]),
      ['**all**', '', `**${total.toFixed(2)}**`],
    ],
  }
}

if (import.meta.main) console.log(markdown(await measureCost()))
