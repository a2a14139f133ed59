// What is done to a place that runs. Each fault tells what it did, or that there was nothing to do it to.
import { setTimeout as sleep } from 'node:timers/promises'
import { CloudFormationClient, ListStacksCommand } from '@aws-sdk/client-cloudformation'
import {
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda'
import {
  DeleteMessageCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { asRoot } from '../e2e/account.ts'
import { childrenOf, daemonsOf } from '../e2e/daemons.ts'
import type { Place } from './place.ts'

/** A number from 0 up to, and without, the given one. */
export type Pick = (below: number) => number
type Inject = (place: Place, pick: Pick) => Promise<string | undefined>

export const faults: Record<string, Inject> = {
  'a function process is killed': async ({ emulatorPid }, pick) => {
    const workers = childrenOf(emulatorPid())
    return kill(workers[pick(workers.length)], 'of a function')
  },
  'all function processes are killed': async ({ emulatorPid }) => {
    const workers = childrenOf(emulatorPid())
    return workers.map((pid) => kill(pid, 'of a function')).length > 0
      ? `${workers.length} at once`
      : undefined
  },
  'messages are dropped': (place) => interceptMessages(place, 0),
  'messages are doubled': (place) => interceptMessages(place, 2),
  'the provider is killed': async (place) => {
    await place.killProvider()
    return 'and started again'
  },
  'the emulator is restarted': async (place) => {
    const goOn = await pauseQueue(place)
    try {
      if (!(await isCalm(place))) return undefined
      await place.restartEmulator()
      return 'with the state that it wrote down'
    } finally {
      await goOn()
    }
  },
  'a daemon of Slurm is killed': async ({ site, stateDir }, pick) => {
    if (site === 'none') return undefined
    const daemons = daemonsOf(stateDir)
    const one = daemons[pick(daemons.length)]
    return kill(one?.pid, one?.name ?? '')
  },
}

function kill(pid: number | undefined, name: string): string | undefined {
  try {
    if (pid === undefined) return undefined
    process.kill(pid, 'SIGKILL')
    return `${pid} ${name}`
  } catch {
    // It ended by itself in between.
    return undefined
  }
}

/** Takes what the queue holds, and puts each message back as often as told. */
async function interceptMessages(place: Place, copies: number): Promise<string | undefined> {
  const sqs = new SQSClient(asRoot(place.outputs))
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
  const QueueUrl = QueueUrls.find((url) => /-Looks(?!DeadLetters)[^/]*$/.test(url))
  if (!QueueUrl) throw new Error(`The reconciler's queue is not among ${QueueUrls.join(', ')}.`)
  // Else the reconciler takes most of them first.
  const goOn = await pauseQueue(place)
  let met = 0
  try {
    for (let looks = 0; met === 0 && looks < 5; looks++) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2 }),
      )
      for (const { Body: MessageBody = '', ReceiptHandle } of Messages) {
        // SQS keeps what it took. Of a create that is not written yet nothing else is known, so that one is never dropped.
        const times = Math.max(copies, MessageBody.includes('"requestedAt"') ? 1 : 0)
        for (let left = times; left > 0; left--)
          await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
        if (times !== 1) met++
      }
    }
  } finally {
    await goOn()
  }
  return met > 0 ? `${met} of them` : undefined
}

/** Begins nothing new until it is told to go on. */
async function pauseQueue({ outputs }: Place): Promise<() => Promise<void>> {
  const lambda = new LambdaClient(asRoot(outputs))
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}))
  const mappings = EventSourceMappings.filter(({ EventSourceArn = '' }) => EventSourceArn.includes(':sqs:'))
  const set = async (Enabled: boolean) => {
    for (const { UUID } of mappings) await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }))
  }
  await set(false)
  return () => set(true)
}

/** The emulator does not go on with a stack where it stopped, as CloudFormation would: it may stop only between two. */
async function isCalm({ outputs }: Place): Promise<boolean> {
  const client = new CloudFormationClient(asRoot(outputs))
  for (let looks = 0; looks < 60; looks++) {
    const { StackSummaries = [] } = await client.send(new ListStacksCommand({}))
    if (!StackSummaries.some(({ StackStatus = '' }) => StackStatus.endsWith('_IN_PROGRESS'))) return true
    await sleep(500)
  }
  return false
}
