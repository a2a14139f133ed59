// What `orphans` prints, what it asks before it deletes, and its exit status.
import { expect, test } from 'vitest'
import { runCli } from './command-line.ts'
import { answered, refused } from './stand-in-api.ts'

const orphan = {
  kind: 'secret',
  id: 'hpc-provisioner/a/b/user-ssh-key\u001b[2J',
  cluster: 'hpc-a-0123456789abcde',
  deployment: '01k00000000000000000000000',
  since: '2026-11-20T12:00:00.000Z',
  reason: 'NoCluster',
  outcome: 'found',
}
const report = (outcome: string, detail?: string) => ({
  site: 'test',
  at: '2026-11-22T12:00:00.000Z',
  olderThanHours: 24,
  orphans: [{ ...orphan, outcome, ...(detail ? { detail } : {}) }],
  unseen: [],
})
const none = { ...report('found'), orphans: [] }
const listed = (answer: object) => ({ listOrphans: answered('listOrphans', answer) })
const both = { ...listed(report('found')), deleteOrphans: answered('deleteOrphans', report('deleted')) }

test('none is one line and success', async () => {
  expect(await runCli(['orphans'], listed(none))).toMatchObject({
    status: 0,
    out: 'test: 0 orphans of deployments older than 24 hours\n',
  })
})

test('each is a row that a person reads, and the exit status is 1', async () => {
  const ran = await runCli(['orphans', '--older-than', '7d'], listed(report('waits', 'Waits for a stack.')))
  expect(ran.status).toBe(1)
  expect(ran.out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['KIND', 'ID', 'CLUSTER', 'DEPLOYMENT', 'AGE', 'WHY', 'OUTCOME'],
    [
      'secret',
      'hpc-provisioner/a/b/user-ssh-key [2J',
      orphan.cluster,
      orphan.deployment,
      '2 d',
      'NoCluster',
      'waits',
      'Waits for a stack.',
    ],
    ['test: 1 orphans of deployments older than 24 hours'],
    [''],
  ])
  expect(ran.calls.map(({ method, query }) => [method, query])).toEqual([['GET', { olderThanHours: '168' }]])
})

test('--delete deletes, and success is that nothing remains', async () => {
  const ran = await runCli(['orphans', '--delete', '--older-than', '48h'], both)
  expect(ran.status).toBe(0)
  expect(ran.calls.map(({ method, query }) => [method, query])).toEqual([
    ['DELETE', { olderThanHours: '48' }],
  ])
  const failed = { deleteOrphans: answered('deleteOrphans', report('failed', 'In use.')) }
  expect(await runCli(['orphans', '--delete'], failed)).toMatchObject({ status: 1 })
})

test('at a terminal --delete shows what there is and asks first, unless --yes', async () => {
  const no = await runCli(['orphans', '--delete'], both, { canAsk: true, ask: async () => 'n' })
  expect(no).toMatchObject({ status: 1, out: '' })
  expect(no.err).toContain(orphan.cluster)
  expect(no.calls.map(({ method }) => method)).toEqual(['GET'])
  const yes = await runCli(['orphans', '--delete'], both, { canAsk: true, ask: async () => 'y' })
  expect(yes.calls.map(({ method }) => method)).toEqual(['GET', 'DELETE'])
  const unasked = await runCli(['orphans', '--delete', '--yes'], both, { canAsk: true })
  expect(unasked.calls.map(({ method }) => method)).toEqual(['DELETE'])
})

test('what could not be looked at is told, and fails', async () => {
  const blind = { ...none, unseen: [{ kind: 'subnet', message: 'denied\u001b[2J' }] }
  const ran = await runCli(['orphans'], listed(blind))
  expect(ran.status).toBe(1)
  expect(ran.out).toContain('could not look for subnet: denied [2J\n')
  const asJson = await runCli(['orphans', '--json'], listed(blind))
  expect(JSON.parse(asJson.out)).toEqual(blind)
  expect(asJson.status).toBe(1)
})

test('an environment that only reports says so', async () => {
  const ran = await runCli(['orphans', '--delete'], { deleteOrphans: refused('ReportOnly') })
  expect(ran.status).toBe(5)
})

test.each(['48', '2w', '-1h', 'h', '1.5h'])('%j is no age', async (age) => {
  expect(await runCli(['orphans', '--older-than', age], {})).toMatchObject({ status: 2, calls: [] })
})
