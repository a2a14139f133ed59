// New keys from the command line, to their end or not.
import { expect, test } from 'vitest'
import type { ClusterView } from '../../core/answers.ts'
import { aCluster } from './clusters.ts'
import { runCli } from './command-line.ts'
import { answered } from './stand-in-api.ts'

const { name } = aCluster()
const at = (
  state: 'current' | 'installing' | 'retiring' | 'failed',
  message: string | null = null,
): ClusterView => aCluster({ keys: { state, rotating: ['user'], rotatedAt: null, reason: null, message } })
const looks = (...states: Parameters<typeof at>[0][]) =>
  states.map((state) => answered('getCluster', at(state)))

test('rotate-keys asks for both pairs, or one, and says where the keys are', async () => {
  const answers = { rotateKeys: [answered('rotateKeys', at('installing'))] }
  const ran = await runCli(['rotate-keys', name], answers)
  expect(ran).toMatchObject({ status: 0, out: expect.stringContaining('keys installing') })
  expect(ran.out).toContain('arn:user')
  expect(ran.calls[0]?.body).toBe('{}')
  const one = await runCli(['rotate-keys', name, '--only', 'admin'], answers)
  expect(one.calls[0]?.body).toBe('{"which":["admin"]}')
  expect((await runCli(['rotate-keys', name, '--only', 'root'], answers)).status).toBe(2)
})

test('--wait returns when the old keys are refused', async () => {
  const ran = await runCli(['rotate-keys', name, '--wait', '--json'], {
    rotateKeys: [answered('rotateKeys', at('installing'))],
    getCluster: looks('installing', 'retiring', 'current'),
  })
  expect(JSON.parse(ran.out).keys.state).toBe('current')
  expect(ran.slept).toBe(9)
})

test('--wait fails when the head node does not answer, or not in time', async () => {
  const rotateKeys = [answered('rotateKeys', at('installing'))]
  const failed = answered('getCluster', at('failed', 'The head node has not confirmed.'))
  const ran = await runCli(['rotate-keys', name, '--wait'], { rotateKeys, getCluster: [failed] })
  expect(ran).toMatchObject({ status: 6, err: expect.stringContaining('has not confirmed') })
  const late = await runCli(['rotate-keys', name, '--wait', '--timeout', '6'], {
    rotateKeys,
    getCluster: looks('installing', 'installing', 'installing'),
  })
  expect(late).toMatchObject({ status: 6, err: expect.stringContaining('still being changed') })
})
