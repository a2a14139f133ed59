// The outside in memory, with a clock: what aws/cloud.ts is to the real one. Time passes only by `advance`, which
// delivers messages, lets CloudFormation work and sweeps every minute. Any call can be made to fail.
import { createHash } from 'node:crypto'
import type { Cloud, Message } from '../core/cloud.ts'
import type { Context } from '../core/context.ts'
import { AppError } from '../core/errors.ts'
import type { Notice } from '../core/notices/notice.ts'
import { openApi } from '../core/openapi.ts'
import { reconcile } from '../core/reconcile/reconcile.ts'
import { sweep } from '../core/reconcile/sweep.ts'
import type { Site } from '../core/site.ts'
import { readTemplates } from '../lib/read-templates.ts'
import { aSite } from './core/samples.ts'
import { accounting } from './world/accounting.ts'
import { wrongAtWork } from './world/at-work.ts'
import { jobs } from './world/jobs.ts'
import { dataKnobs, lustre } from './world/lustre.ts'
import { keyKnobs, nodeKeys } from './world/node-keys.ts'
import { type Fault, noProcess, type Process, processes } from './world/processes.ts'
import { knobs, type Stacks, stacks } from './world/stacks.ts'
import { tables } from './world/tables.ts'

export const templates = readTemplates()
const description = openApi('1.2.3')
/** What a context has beside its cloud and its site. */
export const aService = { templates, version: '1.2.3', openApi: () => description }

type Asked = { [K in keyof Cloud]: ReturnType<Cloud[K]> extends Promise<unknown> ? K : never }[keyof Cloud]
/** `process`: by which request, pass or sweep, counted from 1; 0 stands for none of them. */
export type Call = { name: Asked; nth: number; process: number }
export type { Fault }
export const unavailable = (cause?: Error): Error =>
  new AppError('Unavailable', cause?.name ?? 'An AWS service did not answer in time.', { cause })

type Queued = { at: number; message: Message; deliveries: number }
const redeliverSeconds = 60
const maxDeliveries = 5

export type World = ReturnType<typeof makeWorld>

/** What environments of one account have in common: its stacks, and the bus that tells all of them what becomes of these. */
type Account = { stacks: Stacks; hearStacks: ((name: string) => void)[] }

export function makeWorld(site: Site = aSite(), account?: Account) {
  let millis = Date.parse('2026-08-01T00:00:00Z')
  let made = 0
  let lastSweep = millis
  const now = () => new Date(millis)
  const knob = { ...knobs(), ...dataKnobs(), ...keyKnobs() }
  const queue: Queued[] = []
  const calls: Call[] = []
  const deadLetters: Message[] = []
  const published: Notice[] = []
  const secrets = new Map<string, { value: string; tags: Record<string, string> }>()
  const keyPairs = new Map<string, string>()
  /** Secrets that are scheduled for deletion. */
  const leaving = new Set<string>()
  const { records, ...stored } = tables(now)
  const database = accounting(() => knob.database)

  /** Puts a message on the queue, as often and as late as `network` says. */
  function send(message: Message, seconds: number): void {
    for (const late of world.network(message, seconds))
      queue.push({ at: millis + (seconds + late) * 1000, message, deliveries: 0 })
  }
  const hearStacks = account?.hearStacks ?? []
  hearStacks.push((name) => {
    const match = /^(.+)-([0-9a-z]{26})$/.exec(name)
    cfn.violations.push(...wrongAtWork(cfn, name, stored.clusters, site.limits, lives.longest()))
    if (match?.[1] && match[2]) send({ name: match[1], deploymentId: match[2], prompt: true }, 0)
  })
  const cfn =
    account?.stacks ??
    stacks(
      () => millis,
      knob,
      (name) => {
        for (const hear of hearStacks) hear(name)
      },
    )

  const data = lustre(
    () => millis,
    knob,
    (name) => cfn.pcluster.has(name),
  )

  const nodes = nodeKeys(() => millis, knob)

  const work = jobs(
    () => millis,
    (name) => cfn.pcluster.has(name),
  )

  const outside: Pick<Cloud, Asked> = {
    ...nodes.calls,
    ...records,
    ...cfn.calls,
    ...data.calls,
    ...work.calls,
    ...database.calls,
    wake: async (message, seconds) => send(message, seconds),
    publish: async (notices) => void published.push(...notices),
    async createSecret(name, value, tags) {
      if (secrets.has(name)) throw new AppError('Conflict', `The secret ${name} exists already.`)
      secrets.set(name, { value, tags })
      return `arn:aws:secretsmanager:eu-west-1:1:secret:${name}-AbCdEf`
    },
    importKeyPair: async (name, publicKey) => void (keyPairs.has(name) || keyPairs.set(name, publicKey)),
    deleteSecret: async (name) => void secrets.delete(name),
    deleteKeyPair: async (name) => void keyPairs.delete(name),
    getKeyPair: async (name) => (keyPairs.has(name) ? 'there' : 'absent'),
    getSecretState: async (name) => {
      if (database.logins.has(name)) return 'there'
      return secrets.has(name) ? (leaving.has(name) ? 'leaving' : 'there') : 'absent'
    },
    zonesOffering: async (types, zones) => zones.filter((zone) => world.offers(zone, types)),
  }

  /** Counts a call, lets others go first, and fails where the test says so. */
  const watched =
    (name: Asked, process: Process) =>
    async (...args: unknown[]) => {
      const call = { name, nth: calls.length + 1, process: process.nth }
      calls.push(call)
      const fault = world.fault(call)
      await world.turn(name)
      await process.meet(fault?.when === 'before' ? fault : undefined)
      const answer = await (outside[name] as (...args: unknown[]) => Promise<unknown>)(...args)
      await world.turn(name)
      await process.meet(fault?.when === 'after' ? fault : undefined)
      return answer
    }
  const asked = Object.keys(outside) as Asked[]
  const contextOf = (process: Process): Context => {
    const cloud = {
      now: () => new Date(millis + world.clock(process.nth) * 1000),
      newDeploymentId: () => `01test${String(++made).padStart(20, '0')}`,
      newSeed: () => new Uint8Array(createHash('sha256').update(`seed ${++made}`).digest()),
      ...Object.fromEntries(asked.map((name) => [name, watched(name, process)])),
    } as Cloud
    return { cloud, site, ...aService }
  }
  const context = contextOf(noProcess)
  // A test that changes the templates changes those of all.
  const lives = processes(
    () => millis,
    (process) => ({ ...contextOf(process), templates: context.templates }),
  )

  /** One delivery; what throws or dies comes again, and after some times goes to the dead letters. */
  async function deliver(one: Queued): Promise<void> {
    const how = await lives.run(
      (own) => reconcile(own, one.message),
      (why) => {
        world.failedPasses.push(why)
        const again = { ...one, deliveries: one.deliveries + 1, at: millis + redeliverSeconds * 1000 }
        if (again.deliveries < maxDeliveries) queue.push(again)
        else deadLetters.push(one.message)
      },
    )
    if (how === 'held') queue.push({ ...one, at: millis })
  }

  /** What a request ends with where that is a failure. A caller whose request is held up asks once more meanwhile. */
  async function request(work: (context: Context) => Promise<unknown>): Promise<unknown> {
    let failure: unknown
    const how = await lives.run(work, (why) => {
      failure = why
    })
    if (how === 'over') return failure
    await lives.run(work, () => {})
    while (lives.held.length > 0) await advance(1)
    return failure
  }

  const isDue = ({ at }: { at: number }) => at <= millis
  const takeDue = <T extends { at: number }>(from: T[]): T | undefined =>
    from.splice(from.findIndex(isDue), from.some(isDue) ? 1 : 0)[0]

  async function advance(seconds: number): Promise<void> {
    const end = millis + seconds * 1000
    while (true) {
      cfn.step()
      const message = takeDue(queue)
      const held = message ? undefined : takeDue(lives.held)
      if (message) await deliver(message)
      else if (held) await held.goOn()
      else if (millis >= lastSweep + 60_000) {
        lastSweep = millis
        if (world.sweeps)
          await lives.run(
            (own) => sweep(own),
            (why) => world.failedPasses.push(why),
          )
      } else if (millis >= end) return
      else {
        const next = [lastSweep + 60_000, cfn.nextChange(), ...[...queue, ...lives.held].map(({ at }) => at)]
        millis = Math.max(millis, Math.min(end, ...next))
      }
    }
  }

  const world = {
    context,
    site,
    knob,
    queue,
    calls,
    deadLetters,
    published,
    secrets,
    keyPairs,
    nodes,
    leaving,
    database,
    ...stored,
    stacks: cfn,
    hearStacks,
    data,
    jobs: work,
    now,
    advance,
    request,
    processes: lives.count,
    deliver: (message: Message) => reconcile(context, message),
    failedPasses: [] as unknown[],
    sweeps: true,
    fault: (_call: Call): Fault | undefined => undefined,
    /** By how many seconds the clock of a process is ahead. */
    clock: (_process: number): number => 0,
    /** One entry per copy of the message: how many seconds late it comes. */
    network: (_message: Message, _seconds: number): number[] => [0],
    turn: (_name: Asked): Promise<void> => Promise.resolve(),
    offers: (_zone: string, _types: string[]): boolean => true,
    /** What an operator does about dead letters once the trouble is over. */
    redrive: () => {
      for (const message of deadLetters.splice(0)) queue.push({ at: millis, message, deliveries: 0 })
    },
    /** A stack that someone else deletes behind our back. */
    vanish: (name: string) => {
      const stack = cfn.own.get(name)
      if (stack) cfn.gone(stack)
    },
  }
  return world
}
