// Many clusters, failed ones and cancelled ones: each by itself, and nothing left of any.
import { beforeAll, expect, test } from 'vitest'
import { type Holdings, holdings } from './account.ts'
import { client, gone, outputs, ready, until } from './caller.ts'

let before: Holdings
beforeAll(async () => {
  before = await holdings(outputs)
})

test('16 creates at once get 16 different subnets, and 16 cancellations leave nothing', async () => {
  const wishes = Array.from({ length: 16 }, (_, i) => ({ virtualLab: 'e2e-lab', project: `at-once-${i}` }))
  const clusters = await Promise.all(wishes.map((wish) => client.call('createCluster', wish)))
  expect(new Set(clusters.map(({ subnet }) => subnet?.cidr)).size).toBe(16)
  expect(await holdings(outputs)).toMatchObject({ slots: before.slots + 16, records: before.records + 16 })
  await Promise.all(clusters.map(({ name }) => client.call('deleteCluster', { name })))
  for (const { name } of clusters) await gone(name)
  expect(await holdings(outputs)).toEqual(before)
})

test('two equal creates at once are one cluster', async () => {
  const wish = { virtualLab: 'e2e-lab', project: 'twice' }
  const [one, other] = await Promise.all([
    client.call('createCluster', wish),
    client.call('createCluster', wish),
  ])
  expect(other.ssh).toEqual(one.ssh)
  expect((await holdings(outputs)).secrets).toHaveLength(before.secrets.length + 2)
  await ready(one.name)
  await client.call('deleteCluster', { name: one.name })
  await gone(one.name)
  expect(await holdings(outputs)).toEqual(before)
})

test('a create that fails says why, holds nothing, and can be asked for again at once', async () => {
  const wish = { virtualLab: 'e2e-lab', project: 'fail-create-1' }
  const { name, deploymentId } = await client.call('createCluster', wish)
  const failed = await until(name, (seen) => seen?.status === 'CREATE_FAILED')
  expect(failed).toMatchObject({
    reason: 'CreateFailed',
    message: expect.stringContaining('HeadNodeBootstrapFailure'),
  })
  expect(await holdings(outputs)).toEqual({ ...before, records: before.records + 1 })

  const again = await client.call('createCluster', wish)
  expect(again.deploymentId).not.toBe(deploymentId)
  expect(again.status).toBe('CREATE_REQUEST_RECEIVED')
  await until(name, (seen) => seen?.status === 'CREATE_FAILED')
  await client.call('deleteCluster', { name })
  await gone(name)
  expect(await holdings(outputs)).toEqual(before)
})

test('a create whose zone has no capacity goes on in the next one, and says so', async () => {
  const wish = { virtualLab: 'e2e-lab', project: 'no-capacity-1' }
  const { name, ssh } = await client.call('createCluster', wish)
  const built = await ready(name)
  expect(built.ssh?.userKeySecretArn).toBe(ssh?.userKeySecretArn)
  const { events } = await client.call('listEvents', { name, limit: 100 })
  const [moved] = events.filter(({ reason }) => reason === 'InsufficientCapacity')
  expect(moved?.message).toContain(`tried in ${built.subnet?.zone}`)
  expect(moved?.message).toContain('We currently do not have sufficient')
  await client.call('deleteCluster', { name })
  await gone(name)
  expect(await holdings(outputs)).toEqual(before)
})

test('a create that finds no capacity in any zone fails with their names', async () => {
  const { name } = await client.call('createCluster', { virtualLab: 'e2e-lab', project: 'no-capacity-9' })
  const failed = await until(name, (seen) => seen?.status === 'CREATE_FAILED')
  expect(failed).toMatchObject({
    reason: 'InsufficientCapacity',
    message: expect.stringMatching(/tried: us-east-1[ab], us-east-1[ab]/),
  })
  await client.call('deleteCluster', { name })
  await gone(name)
  expect(await holdings(outputs)).toEqual(before)
})
