// Updates over a builder and stacks in memory: a cluster that runs is changed as far as ParallelCluster would.
import { describe, expect, it } from 'vitest'
import { anEvent, aWorld, outerId } from './a-daemon.ts'

describe('an update', () => {
  const anUpdate = (now: object, old: object) =>
    anEvent({
      RequestType: 'Update',
      RequestId: 'update',
      PhysicalResourceId: 'hpc-a',
      ResourceProperties: { ClusterName: 'hpc-a', ...now },
      OldResourceProperties: { ClusterName: 'hpc-a', ...old },
    })

  it('without a change succeeds and leaves the cluster alone', async () => {
    const { daemon, answers, journal } = aWorld()
    await daemon.handle(anEvent())
    const same = { ClusterConfiguration: { HeadNode: {} } }
    await daemon.handle(anUpdate(same, same))
    expect(answers.at(-1)?.answer).toMatchObject({
      Status: 'SUCCESS',
      Data: { clusterStatus: 'CREATE_COMPLETE' },
    })
    expect(journal).not.toContain('cluster hpc-a destroyed')
  })

  const queues = (MaxCount: number | string) => ({
    ClusterConfiguration: {
      HeadNode: { InstanceType: 'h' },
      Scheduling: { SlurmQueues: [{ Name: 'q', ComputeResources: [{ Name: 'c', MaxCount }] }] },
    },
  })
  const running = async () => {
    const world = aWorld()
    const { ResourceProperties } = anEvent()
    await world.daemon.handle(anEvent({ ResourceProperties: { ...ResourceProperties, ...queues(4) } }))
    return world
  }

  it('that takes nodes away, or is of the head node, is refused as ParallelCluster does, and taken back', async () => {
    const { daemon, answers, journal } = await running()
    await daemon.handle(anUpdate(queues(2), queues(4)))
    expect(answers.at(-1)?.answer).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/UPDATE_FAILED: .*SlurmQueues\[q\].ComputeResources\[c\].MaxCount/),
    })
    const head = { ...queues(4).ClusterConfiguration, HeadNode: { InstanceType: 'x' } }
    await daemon.handle({ ...anUpdate({ ClusterConfiguration: head }, queues(4)), RequestId: 'second' })
    expect(answers.at(-1)?.answer.Reason).toContain('HeadNode.InstanceType (UNSUPPORTED)')
    await daemon.handle({ ...anUpdate(queues('4'), queues(2)), RequestId: 'back' })
    expect(answers.at(-1)?.answer.Status).toBe('SUCCESS')
    expect(journal).not.toContain('cluster hpc-a updated')
  })

  it('by a stack whose tags changed is refused, since the tags of a cluster are frozen', async () => {
    const { daemon, answers, outer } = await running()
    const stack = outer.get(outerId)
    if (stack) outer.set(outerId, { ...stack, tags: { ...stack.tags, more: 'x' } })
    await daemon.handle(anUpdate(queues(8), queues(4)))
    expect(answers.at(-1)?.answer).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('tags'),
    })
  })

  it('changes the cluster that runs, under the same instance', async () => {
    const { daemon, answers, journal } = await running()
    await daemon.handle(anUpdate(queues(8), queues(4)))
    expect(journal).toContain('cluster hpc-a updated')
    expect(journal).not.toContain('cluster hpc-a destroyed')
    expect(answers.at(-1)?.answer.Data).toMatchObject({
      clusterStatus: 'UPDATE_COMPLETE',
      'headNode.instanceId': 'i-00000000000000001',
    })
  })

  it('of the name is refused', async () => {
    const { daemon, answers } = aWorld()
    await daemon.handle(anEvent())
    await daemon.handle(anUpdate({}, { ClusterName: 'hpc-b' }))
    expect(answers.at(-1)?.answer).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('UPDATE_FAILED'),
    })
  })
})
