// The provider's protocol over a builder and stacks in memory: every request answered once per asking, nothing left
// of a create that failed or was cancelled, no cluster touched for a stack that is not its own.
import { describe, expect, it } from 'vitest'
import type { Builder } from '../../local/provider/build.ts'
import { startDaemon } from '../../local/provider/daemon.ts'
import type { Answer, CustomResourceEvent } from '../../local/provider/event.ts'
import type { StackFacts, Stacks } from '../../local/provider/stacks.ts'

const outerId = 'arn:stack/hpc-a-1'
const until = async (isSo: () => boolean) => {
  for (let tries = 0; !isSo() && tries < 400; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 5))
  expect(isSo()).toBe(true)
}

function aWorld() {
  const outer = new Map<string, StackFacts>()
  const own = new Map<string, StackFacts>()
  const history = new Map<string, string[]>()
  const clusters = new Set<string>()
  const journal: string[] = []
  const answers: { requestId: string; answer: Answer }[] = []
  let build: (signal: AbortSignal) => Promise<void> = async () => {}

  const stacks: Stacks = {
    find: async (nameOrId) => outer.get(nameOrId) ?? own.get(nameOrId),
    history: async (stackId) => history.get(stackId) ?? [],
    createOwn: async ({ name, tags }) => {
      if (own.has(name)) return undefined
      own.set(name, { stackId: `arn:own/${name}`, status: 'CREATE_COMPLETE', tags })
      return `arn:own/${name}`
    },
    deleteOwn: async (name) => {
      journal.push(`own stack ${name} deleted`)
      own.delete(name)
    },
  }
  const builder: Builder = {
    build: async ({ name }, signal) => {
      clusters.add(name)
      await build(signal).catch((error) => {
        clusters.delete(name)
        throw error
      })
      return { address: '10.0.0.4', sshPort: 22, instanceType: 't3.medium' }
    },
    destroy: async (name) => {
      if (clusters.delete(name)) journal.push(`cluster ${name} destroyed`)
    },
    stop: async () => clusters.clear(),
  }
  const daemon = startDaemon({
    builder,
    stacks,
    region: 'us-east-1',
    log: () => {},
    now: () => new Date('2026-01-02T03:04:05Z'),
    newInstanceId: () => 'i-00000000000000001',
    pollSeconds: 0.01,
    answer: async ({ RequestId, StackId }, answer) => {
      journal.push(`${RequestId} ${answer.Status}`)
      answers.push({ requestId: RequestId, answer })
      // As the emulator does: the answer decides, also for a stack that was deleted meanwhile.
      const stack = outer.get(StackId)
      if (stack && answer.Status === 'FAILED') history.set(StackId, ['ROLLBACK_COMPLETE'])
      if (stack?.status === 'CREATE_IN_PROGRESS' && answer.Status === 'SUCCESS')
        stack.status = 'CREATE_COMPLETE'
    },
  })
  outer.set(outerId, {
    stackId: outerId,
    status: 'CREATE_IN_PROGRESS',
    tags: { 'hpc-provisioner:project': 'a' },
  })
  return {
    ...{ daemon, outer, own, clusters, journal, answers, history },
    whileBuilding: (work: typeof build) => {
      build = work
    },
  }
}

const anEvent = (changes: Partial<CustomResourceEvent> = {}): CustomResourceEvent => ({
  RequestType: 'Create',
  RequestId: 'create',
  ResponseURL: 'http://127.0.0.1/answer',
  StackId: outerId,
  LogicalResourceId: 'Cluster',
  ResourceProperties: { ServiceToken: 'arn', ClusterName: 'hpc-a', ClusterConfiguration: { HeadNode: {} } },
  ...changes,
})
const aDelete = (changes: Partial<CustomResourceEvent> = {}) =>
  anEvent({ RequestType: 'Delete', RequestId: 'delete', PhysicalResourceId: 'hpc-a', ...changes })

/** A build that ends only when it is aborted. */
const endless = (signal: AbortSignal) =>
  new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

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

  it('boots the cluster anew under the same instance', async () => {
    const { daemon, answers, journal } = aWorld()
    await daemon.handle(anEvent())
    await daemon.handle(anUpdate({ ClusterConfiguration: { a: 1 } }, { ClusterConfiguration: {} }))
    expect(journal).toContain('cluster hpc-a destroyed')
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

it('a stop cancels what is being built', async () => {
  const { daemon, answers, clusters, whileBuilding } = aWorld()
  whileBuilding(endless)
  void daemon.handle(anEvent())
  await until(() => clusters.size === 1)
  await daemon.stop()
  expect(answers[0]?.answer.Status).toBe('FAILED')
  expect(clusters.size).toBe(0)
})
