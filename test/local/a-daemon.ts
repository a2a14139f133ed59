// The provider's daemon over a builder and stacks in memory, and the events that CloudFormation sends it.
import { expect } from 'vitest'
import type { Builder } from '../../local/provider/build.ts'
import { startDaemon } from '../../local/provider/daemon.ts'
import type { Answer, CustomResourceEvent } from '../../local/provider/event.ts'
import type { StackFacts, Stacks } from '../../local/provider/stacks.ts'

export const outerId = 'arn:stack/hpc-a-1'
export const until = async (isSo: () => boolean) => {
  for (let tries = 0; !isSo() && tries < 400; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 5))
  expect(isSo()).toBe(true)
}

export function aWorld() {
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
    update: async ({ name }) => {
      journal.push(`cluster ${name} updated`)
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

export const anEvent = (changes: Partial<CustomResourceEvent> = {}): CustomResourceEvent => ({
  RequestType: 'Create',
  RequestId: 'create',
  ResponseURL: 'http://127.0.0.1/answer',
  StackId: outerId,
  LogicalResourceId: 'Cluster',
  ResourceProperties: { ServiceToken: 'arn', ClusterName: 'hpc-a', ClusterConfiguration: { HeadNode: {} } },
  ...changes,
})
export const aDelete = (changes: Partial<CustomResourceEvent> = {}) =>
  anEvent({ RequestType: 'Delete', RequestId: 'delete', PhysicalResourceId: 'hpc-a', ...changes })

/** A build that ends only when it is aborted. */
export const endless = (signal: AbortSignal) =>
  new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
