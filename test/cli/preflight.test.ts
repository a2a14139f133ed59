// What `preflight` prints, and its exit status.
import { expect, test } from 'vitest'
import { runCli } from './command-line.ts'
import { answered } from './stand-in-api.ts'

const report = {
  site: 'test',
  at: '2026-08-01T00:00:00.000Z',
  checks: ['slots', 'image'],
  passed: true,
  findings: [],
}
const error = {
  level: 'ERROR',
  check: 'slots',
  code: 'NoSlotLeft',
  message: 'All subnets are in use.',
  action: 'Delete clusters.\u001b[2J',
}

test('a fit account is one line and success', async () => {
  const ran = await runCli(['preflight'], { getPreflight: answered('getPreflight', report) })
  expect(ran).toMatchObject({ status: 0, out: 'test: fit for clusters (looked at slots, image)\n' })
})

test('an error is told with what to do, and fails', async () => {
  const unfit = { getPreflight: answered('getPreflight', { ...report, passed: false, findings: [error] }) }
  const ran = await runCli(['preflight'], unfit)
  expect(ran.status).toBe(1)
  expect(ran.out.split('\n')).toEqual([
    'ERROR All subnets are in use. (NoSlotLeft)',
    '  Delete clusters. [2J',
    'test: not fit for clusters (looked at slots, image)',
    '',
  ])
  const asJson = await runCli(['preflight', '--json'], unfit)
  expect(asJson.status).toBe(1)
  expect(JSON.parse(asJson.out)).toMatchObject({ passed: false, findings: [{ code: 'NoSlotLeft' }] })
})
