// The provider's protocol over a builder and stacks in memory: every request answered once per asking, nothing left
// of a create that failed or was cancelled, no cluster touched for a stack that is not its own.
import { describe, expect, it } from 'vitest'
import { aDelete, anEvent, aWorld, endless, outerId, until } from './a-daemon.ts'

describe('a create', () => {
  it('answers with DescribeCluster, flattened, and leaves ParallelCluster’s own stack', async () => {
    const { daemon, answers, own } = aWorld()
    await daemon.handle(anEvent())
    expect(answers[0]?.answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'hpc-a' })
    expect(answers[0]?.answer.Data).toMatchObject({
      clusterName: 'hpc-a',
      clusterStatus: 'CREATE_COMPLETE',
      cloudformationStackArn: 'arn:own/hpc-a',
      'headNode.privateIpAddress': '10.0.0.4',
      'headNode.sshPort': '22',
      logGroupName: '/aws/parallelcluster/hpc-a-20260102030405',
    })
    expect(own.get('hpc-a')?.tags).toMatchObject({ 'hpc-provisioner:project': 'a' })
  })

  it('that comes twice builds once and answers the same twice', async () => {
    const { daemon, answers, whileBuilding } = aWorld()
    let builds = 0
    whileBuilding(async () => {
      builds += 1
    })
    await Promise.all([daemon.handle(anEvent()), daemon.handle(anEvent())])
    await daemon.handle(anEvent())
    expect(builds).toBe(1)
    expect(answers).toHaveLength(3)
    expect(new Set(answers.map(({ answer }) => JSON.stringify(answer))).size).toBe(1)
  })

  it('that fails answers with the code and the reason, and its own stack goes last', async () => {
    const { daemon, answers, clusters, journal, whileBuilding } = aWorld()
    whileBuilding(async () => {
      throw new Error('The OnNodeConfigured script users.sh failed on the head node: no such group')
    })
    await daemon.handle(anEvent())
    expect(answers[0]?.answer.Reason).toBe(
      'hpc-a: CREATE_FAILED (OnNodeConfiguredExecutionFailure): The OnNodeConfigured script users.sh failed on the head node: no such group',
    )
    expect(journal).toEqual(['create FAILED', 'own stack hpc-a deleted'])
    expect(clusters.size).toBe(0)
  })

  it('whose name is taken fails and touches nothing, and neither does the delete that rolls it back', async () => {
    const { daemon, answers, clusters, own, outer } = aWorld()
    await daemon.handle(anEvent())
    const other = { StackId: 'arn:stack/other' }
    outer.set(other.StackId, { stackId: other.StackId, status: 'CREATE_IN_PROGRESS', tags: {} })
    await daemon.handle(anEvent({ ...other, RequestId: 'second' }))
    expect(answers.at(-1)?.answer).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('already exists'),
    })
    await daemon.handle(aDelete(other))
    expect(answers.at(-1)?.answer.Status).toBe('SUCCESS')
    expect([...clusters]).toEqual(['hpc-a'])
    expect(own.has('hpc-a')).toBe(true)
  })

  it('with a name that ParallelCluster would refuse fails at once', async () => {
    const { daemon, answers, own } = aWorld()
    await daemon.handle(anEvent({ ResourceProperties: { ClusterName: '../x' } }))
    expect(answers[0]?.answer).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('ClusterName'),
    })
    expect(own.size).toBe(0)
  })
})

describe('a delete', () => {
  it('destroys the cluster, then its own stack, then answers', async () => {
    const { daemon, journal } = aWorld()
    await daemon.handle(anEvent())
    await daemon.handle(aDelete())
    expect(journal).toEqual([
      'create SUCCESS',
      'cluster hpc-a destroyed',
      'own stack hpc-a deleted',
      'delete SUCCESS',
    ])
  })

  it('of what is not known succeeds', async () => {
    const { daemon, answers } = aWorld()
    await daemon.handle(aDelete())
    expect(answers[0]?.answer.Status).toBe('SUCCESS')
  })

  it('removes the own stack of a cluster from before the daemon started', async () => {
    const { daemon, own } = aWorld()
    const tags = { 'hpc-provisioner:outer-stack': outerId }
    own.set('hpc-a', { stackId: 'arn:own/hpc-a', status: 'CREATE_COMPLETE', tags })
    await daemon.handle(aDelete())
    expect(own.size).toBe(0)
  })

  it('during the create aborts it, and both are answered', async () => {
    const { daemon, answers, clusters, own, whileBuilding } = aWorld()
    whileBuilding(endless)
    const creating = daemon.handle(anEvent())
    await until(() => clusters.size === 1)
    await daemon.handle(aDelete())
    await creating
    expect(answers.map(({ requestId, answer }) => `${requestId} ${answer.Status}`)).toEqual([
      'create FAILED',
      'delete SUCCESS',
    ])
    expect(own.size + clusters.size).toBe(0)
  })

  it('keeps the cluster where the policy is Retain', async () => {
    const { daemon, clusters } = aWorld()
    await daemon.handle(anEvent())
    await daemon.handle(aDelete({ ResourceProperties: { ClusterName: 'hpc-a', DeletionPolicy: 'Retain' } }))
    expect(clusters.size).toBe(1)
  })
})

describe('the outer stack', () => {
  it('when deleted while the cluster is built, cancels the build; the own stack goes after it has settled', async () => {
    const { daemon, answers, clusters, history, journal, outer, whileBuilding } = aWorld()
    whileBuilding(endless)
    const creating = daemon.handle(anEvent())
    await until(() => clusters.size === 1)
    outer.set(outerId, { stackId: outerId, status: 'DELETE_COMPLETE', tags: {} })
    await creating
    expect(answers[0]?.answer).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('cancelled'),
    })
    expect(history.get(outerId)).toEqual(['ROLLBACK_COMPLETE'])
    expect(journal.at(-1)).toBe('own stack hpc-a deleted')
    expect(clusters.size).toBe(0)
  })

  it('when deleted in the very moment of the answer, takes the cluster with it although no Delete comes', async () => {
    const { daemon, clusters, own, outer } = aWorld()
    const creating = daemon.handle(anEvent())
    await creating
    outer.set(outerId, { stackId: outerId, status: 'DELETE_COMPLETE', tags: {} })
    await until(() => clusters.size === 0 && own.size === 0)
  })
})

it('a stop cancels what is being built', async () => {
  const { daemon, answers, clusters, whileBuilding } = aWorld()
  whileBuilding(endless)
  void daemon.handle(anEvent())
  await until(() => clusters.size === 1)
  await daemon.stop()
  expect(answers[0]?.answer.Status).toBe('FAILED')
  expect(clusters.size).toBe(0)
})
