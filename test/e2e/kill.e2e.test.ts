// For real, at chosen moments: function processes, the provider and Slurm's daemons are killed, messages are lost and
// doubled, the emulator ends and begins again. Every wish comes to an end, every delete works, and nothing is left.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { faults } from '../soak/faults.ts'
import { type Place, startPlace } from '../soak/place.ts'
import { pickFrom } from '../soak/random.ts'
import { soak } from '../soak/soak.ts'
import { hasHosts } from './caller.ts'

const root = join(import.meta.dirname, '..', '..')
const stateDir = join(root, '.local', 'kill')
const say = (line: string) => console.log(`[kill] ${line}`)
const { signal } = new AbortController()
// The daemons of what is ready end with the provider, so one of them is killed before it is.
const daemon = 'a daemon of Slurm is killed'
const others = Object.keys(faults).filter((name) => name !== daemon)
const plan = [...(hasHosts ? [daemon] : []), ...others]
let place: Place

beforeAll(async () => {
  place = await startPlace({ root, stateDir, site: hasHosts ? 'slurm' : 'none', slotPrefix: 25, say, signal })
})

test('whatever is killed, lost or doubled: all settles, and nothing is left', async () => {
  const report = await soak({
    ...{ place, plan, say, signal, pick: pickFrom(7), atOnce: 1, standingSeconds: 120, deleteSeconds: 200 },
    untilMillis: Date.now() + 240_000,
  })
  console.log(`[kill] ${JSON.stringify(report)}`)
  expect(report.leaks).toEqual([])
  expect(report.clusters.ready).toBeGreaterThan(0)
  expect(report.clusters.deleted).toBe(report.clusters.made)
  // Of each kind, while a cluster is there that is ready.
  expect(plan.filter((name) => !report.faults[name])).toEqual([])
})

afterAll(async () => {
  await place?.stop()
  rmSync(stateDir, { recursive: true, force: true })
})
