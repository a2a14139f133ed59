// `hpc-provisioner create --dry-run`: what would be made, and nothing made.
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Plan } from '../../core/plan-answers.ts'
import { planCluster } from '../../core/verbs/validate.ts'
import { makeWorld } from '../world.ts'
import { runCli } from './command-line.ts'
import { answered } from './stand-in-api.ts'

const wish = { virtualLab: 'l', project: 'p', benchmark: false }
const planned = (resources?: { nodes: number }) =>
  planCluster(makeWorld().context, { ...wish, resources, dryRun: 'true' })
const answering = (plan: Plan) => ({ planCluster: answered('planCluster', plan) })
const run = (plan: Plan, ...more: string[]) =>
  runCli(['create', 'l', 'p', '--dry-run', ...more], answering(plan))

describe('create --dry-run', () => {
  test('asks for the plan only, and prints its configuration as YAML', async () => {
    const plan = await planned()
    const { status, out, calls } = await run(plan, '--tier', 'debug')
    expect(status).toBe(0)
    expect(parse(out, { version: '1.1' })).toEqual(plan.configuration)
    expect(calls.map(({ route, query, body }) => [route, query, JSON.parse(body)])).toEqual([
      ['planCluster', { dryRun: 'true' }, { ...wish, tier: 'debug' }],
    ])
  })

  test('says beside it which shape was chosen and why', async () => {
    const plan = await planned({ nodes: 3 })
    const { out, err } = await run(plan, '--nodes', '3')
    expect(err).toContain(plan.shape?.why)
    expect(out).not.toContain('smallest')
  })

  test('prints every finding, and ends with 1 for an error', async () => {
    const finding = { validator: 'V', path: 'Image.Os', message: 'is not good' }
    const plan = await planned()
    const warned = await run({ ...plan, findings: [{ ...finding, level: 'WARNING' }] })
    expect(warned).toMatchObject({ status: 0, err: expect.stringContaining('WARNING Image.Os: is not good') })
    const refused = await run({ ...plan, findings: [{ ...finding, level: 'ERROR' }] })
    expect(refused).toMatchObject({ status: 1, err: expect.stringContaining('ERROR Image.Os: is not good') })
  })

  test('--json prints the whole plan', async () => {
    const plan = await planned({ nodes: 3 })
    expect(JSON.parse((await run(plan, '--json')).out)).toEqual(plan)
  })
})
