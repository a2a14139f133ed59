// What each request costs in calls to AWS.
import { beforeEach, describe, expect, it } from 'vitest'
import { reconcile } from '../../core/reconcile/reconcile.ts'
import { deleteCluster } from '../../core/verbs/delete-cluster.ts'
import { verbs } from '../../core/verbs/index.ts'
import { updateCluster } from '../../core/verbs/update-cluster.ts'
import { aSite } from '../core/samples.ts'
import { aName, aWish, wishFor } from '../wishes.ts'
import { aService } from '../world.ts'
import { fakeAws } from './fake-aws.ts'

let aws: ReturnType<typeof fakeAws>
const context = () => ({ cloud: aws.cloud, site: aSite(), ...aService })
const create = (wish = aWish) => verbs.createCluster(context(), wish)
const sentBy = async (request: () => Promise<unknown>) => {
  aws.forget()
  await request()
  return aws.sent().sort()
}

beforeEach(() => {
  aws = fakeAws()
})

describe('the calls of a request', () => {
  it('GET one: 1', async () => {
    await create()
    expect(await sentBy(() => verbs.getCluster(context(), { name: aName }))).toEqual(['GetCommand'])
  })

  it('GET one that waits for its turn: 2, of which the second one tells its place', async () => {
    await create()
    const stored = await aws.cloud.getCluster(aName)
    if (!stored) throw new Error('there is no record')
    const operation = { kind: 'create' as const, since: stored.requestedAt }
    await aws.cloud.commit({ before: stored, after: { ...stored, operation }, events: [] })
    const get = () => verbs.getCluster(context(), { name: aName })
    expect(await sentBy(get)).toEqual(['GetCommand', 'QueryCommand'])
    expect((await get()).queue).toMatchObject({ position: 1, ahead: 0, waiting: 1 })
  })

  it('GET list: 1 per page, by any filter', async () => {
    for (const project of ['a', 'b', 'c']) await create(wishFor(project))
    for (const query of [
      {},
      { virtualLab: aWish.virtualLab },
      { status: 'CREATE_REQUEST_RECEIVED' as const },
    ])
      expect(await sentBy(() => verbs.listClusters(context(), { limit: 2, ...query }))).toHaveLength(1)
    expect(await sentBy(() => verbs.pclusterGet(context(), {}))).toEqual(['ScanCommand'])
    expect(
      await sentBy(() => verbs.listEvents(context(), { limit: 2, name: aName }).catch(() => {})),
    ).toHaveLength(1)
  })

  it('POST new: 6, all of them needed', async () => {
    expect(await sentBy(() => create())).toEqual([
      'BatchGetCommand',
      'CreateSecretCommand',
      'CreateSecretCommand',
      'ImportKeyPairCommand',
      'SendMessageCommand',
      'TransactWriteCommand',
    ])
  })

  it('POST again: 1', async () => {
    await create()
    expect(await sentBy(() => create())).toEqual(['BatchGetCommand'])
  })

  it('DELETE: 3, and 2 when it is asked again', async () => {
    await create()
    const remove = () => deleteCluster(context(), { name: aName })
    expect(await sentBy(remove)).toEqual(['GetCommand', 'SendMessageCommand', 'TransactWriteCommand'])
    expect(await sentBy(remove)).toEqual(['GetCommand', 'SendMessageCommand'])
  })

  it('PATCH: 3, and 1 when it changes nothing or is refused', async () => {
    await create()
    const stored = await aws.cloud.getCluster(aName)
    if (!stored) throw new Error('there is no record')
    await aws.cloud.commit({ before: stored, after: { ...stored, status: 'CREATE_COMPLETE' }, events: [] })
    const patch = (wish: object) => updateCluster(context(), { name: aName, ...wish }).catch(() => {})
    expect(await sentBy(() => patch({ maxNodes: 8 }))).toEqual(['GetCommand'])
    expect(await sentBy(() => patch({ maxCounts: { 't3-micro': 1 } }))).toEqual(['GetCommand'])
    expect(await sentBy(() => patch({ maxNodes: 9 }))).toEqual([
      'GetCommand',
      'SendMessageCommand',
      'TransactWriteCommand',
    ])
  })

  it('GET tiers, version and openapi: 0', async () => {
    for (const name of ['listTiers', 'getVersion', 'getOpenApi', 'pclusterVersion'] as const)
      expect(await sentBy(() => verbs[name](context(), {}))).toEqual([])
  })

  it('a pass that is admitted: 2 more than the start itself', async () => {
    const { deploymentId } = await create()
    expect(await sentBy(() => reconcile(context(), { name: aName, deploymentId }))).toEqual([
      'CreateStackCommand',
      'DescribeInstanceTypeOfferingsCommand',
      'DescribeStacksCommand',
      'DescribeStacksCommand',
      'GetCommand',
      'QueryCommand',
      'SendMessageCommand',
      'TransactWriteCommand',
      'TransactWriteCommand',
      'TransactWriteCommand',
    ])
  })

  it('a pass that finds nothing new: 5', async () => {
    const { deploymentId } = await create()
    await reconcile(context(), { name: aName, deploymentId })
    const pass = () => reconcile(context(), { name: aName, deploymentId, prompt: true })
    expect(await sentBy(pass)).toEqual([
      'DescribeStacksCommand',
      'DescribeStacksCommand',
      'GetCommand',
      'SendMessageCommand',
      'TransactWriteCommand',
    ])
  })
})
