// A deletion that gets stuck for real: told with what holds it, and freed by force, with nothing left.
import { expect, test } from 'vitest'
import { holdings } from './account.ts'
import { client, gone, outputs, ready, until } from './caller.ts'

test('a stuck deletion is told, and force frees it', async () => {
  const before = await holdings(outputs)
  const { name } = await client.call('createCluster', { virtualLab: 'e2e-lab', project: 'fail-delete-1' })
  await ready(name)
  await client.call('deleteCluster', { name })
  const stuck = await until(name, (seen) => seen?.status === 'DELETE_FAILED')
  expect(stuck).toMatchObject({
    reason: 'StackStuck',
    // With CloudFormation's reason on AWS; the emulator lists none.
    message: expect.stringContaining(`Cluster (Custom::PclusterCluster ${name}`),
    leftovers: [{ logicalId: 'Cluster', type: 'Custom::PclusterCluster', physicalId: name }],
  })
  await expect(
    client.call('createCluster', { virtualLab: 'e2e-lab', project: 'fail-delete-1' }),
  ).rejects.toMatchObject({ code: 'ClusterDeleting' })

  expect(await client.call('deleteCluster', { name, force: 'true' })).toMatchObject({
    status: 'DELETE_IN_PROGRESS',
  })
  await gone(name)
  expect(await holdings(outputs)).toEqual(before)
  const { events } = await client.call('listEvents', { name })
  expect(events.slice(-4).map(({ message }) => message)).toEqual([
    "The cluster's resources are being deleted by force.",
    "ParallelCluster's own stack is being deleted without its provider.",
    expect.stringContaining("The deletion of the cluster's stack goes on without"),
    'The cluster and all that it held is gone.',
  ])
})
