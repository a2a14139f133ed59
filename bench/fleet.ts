// What a growing fleet costs: the reconciler over the in-memory cloud, requests and the sweep over the emulator's tables.
import { reconcile } from '../core/reconcile/reconcile.ts'
import { sweep } from '../core/reconcile/sweep.ts'
import type { Outputs } from '../local/demo.ts'
import { aCluster } from '../test/core/samples.ts'
import { makeWorld } from '../test/world.ts'
import { addRecords, invoker } from './emulated.ts'
import type { Caller } from './routes.ts'
import type { Section } from './section.ts'
import { median, timed } from './statistics.ts'

/** A world of settled clusters; the looks of an hour are spread over it, so a sixtieth is due in this minute. */
function settledWorld(count: number) {
  const world = makeWorld()
  for (let i = 0; i < count; i++) {
    const deploymentId = String(i).padStart(26, '0')
    const name = `hpc-p-${String(i).padStart(15, '0')}`
    const minutesAway = i % 60
    const dueAt = new Date(world.now().getTime() + (minutesAway === 0 ? -60_000 : minutesAway * 60_000))
    const facts = { name, deploymentId, slot: i, stackId: `stack-${i}`, dueAt: dueAt.toISOString() }
    world.clusters.set(name, aCluster({ ...facts, status: 'CREATE_COMPLETE' }))
    world.stacks.own.set(`${name}-${deploymentId}`, {
      ...{
        name: `${name}-${deploymentId}`,
        stackId: facts.stackId,
        status: 'CREATE_COMPLETE',
        until: undefined,
      },
      ...{ cluster: name, cidr: '', tags: {}, configuration: '', template: {} },
    })
  }
  return world
}

/** A minute of the fleet's life: what its sweep wakes, and the passes over those. */
export async function measureReconciler(): Promise<Section> {
  const rows: Section['rows'] = []
  for (const count of [10, 100, 1000, 10_000]) {
    const world = settledWorld(count)
    const due = await sweep(world.context)
    const sweepCalls = world.calls.length
    const messages = world.queue.splice(0).map(({ message }) => message)
    const milliseconds = await timed(async () => {
      for (const message of messages) await reconcile(world.context, message)
    })
    const perLook = (world.calls.length - sweepCalls) / due
    rows.push([count, due, sweepCalls, perLook, (due * 1000) / milliseconds])
  }
  return {
    title: 'A minute of a settled fleet, in the in-memory cloud',
    head: [
      'clusters',
      'due and read',
      "the sweep's calls",
      'calls per look',
      'looks per second of one process',
    ],
    rows,
  }
}

const sizes = [10, 100, 1000]
const rounds = 15
const requests = ['GET one', 'GET list, a page of 20', 'GET list of a lab and a status'] as const

/** The same requests and the sweep, over more and more settled records. */
export async function measureGrowth(outputs: Outputs, calls: Caller): Promise<Section> {
  const rows: Section['rows'] = []
  const invokeSweep = await invoker(outputs, 'FunctionsSweep')
  const floor = 'floor: one get'
  let there = 0
  for (const size of sizes) {
    await addRecords(outputs, calls.known, there, size)
    there = size
    const measured: Record<string, () => Promise<unknown>> = {
      [floor]: () => calls.ask(floor, 0),
      ...Object.fromEntries(requests.map((what) => [what, () => calls.ask(what, 0)])),
      sweep: invokeSweep,
    }
    const samples = Object.fromEntries(Object.keys(measured).map((what) => [what, [] as number[]]))
    for (let round = 0; round <= rounds; round++)
      for (const [what, run] of Object.entries(measured)) {
        const milliseconds = await timed(run)
        if (round > 0) samples[what]?.push(milliseconds)
      }
    const one = median(samples[floor] ?? [])
    rows.push([size, one, ...[...requests, 'sweep'].map((what) => median(samples[what] ?? []) / one)])
  }
  return {
    title: "A growing fleet, in the emulator's tables",
    note: 'Ratios to one get in the same rounds. For a query the emulator looks at every record of a partition, DynamoDB at those that the key condition names.',
    head: ['settled clusters more', 'one get, ms', ...requests, 'sweep with nothing due'],
    rows,
  }
}
