// The audit trail on the command line: a line for each request, of all pages, or one document.
import { describe, expect, test } from 'vitest'
import { runCli } from './command-line.ts'
import { answered } from './stand-in-api.ts'

const entry = (at: string, changes: object = {}) => ({
  ...{ id: `${at}#r`, at, caller: 'arn:aws:sts::123456789012:assumed-role/workflow/x', sourceIp: '10.1.2.3' },
  ...{ requestId: 'r', verb: 'createCluster', cluster: 'hpc-a', dry: false, wish: { tier: 'debug' } },
  ...{ status: 202, code: null, ...changes },
})
const refused = entry('2026-11-22T10:00:01.000Z', { status: 400, code: 'UnknownTier', cluster: null })
const page = (entries: object[], cursor?: string) =>
  answered('listAudit', { entries, ...(cursor ? { cursor } : {}) } as never)

describe('audit', () => {
  test('is a line for each request: when, result, what, of which cluster, who from where', async () => {
    const { out, calls } = await runCli(['audit', '--cluster', 'my-lab/a', '--from', '2026-11-01'], {
      listAudit: [page([refused], 'next'), page([entry('2026-11-22T10:00:00.000Z', { dry: true })])],
    })
    const who = 'arn:aws:sts::123456789012:assumed-role/workflow/x from 10.1.2.3'
    expect(out.split('\n')).toEqual([
      `2026-11-22T10:00:01Z  400  createCluster   -  ${who}  UnknownTier {"tier":"debug"}`,
      `2026-11-22T10:00:00Z  202  createCluster (dry run)  hpc-a  ${who}  {"tier":"debug"}`,
      '',
    ])
    expect(calls[0]?.query).toEqual({
      ...{ cluster: expect.stringMatching(/^hpc-a-/), from: '2026-11-01', limit: '100' },
    })
    expect(calls[1]?.query).toMatchObject({ cursor: 'next', limit: '99' })
  })

  test('stops at its limit, says that there is more, and its JSON has the cursor', async () => {
    const answers = { listAudit: [page([refused], 'next')] }
    expect((await runCli(['audit', '--limit', '1'], answers)).err).toContain('raise --limit')
    const { out } = await runCli(['audit', '--limit', '1', '--json'], answers)
    expect(JSON.parse(out)).toEqual({ entries: [refused], cursor: 'next' })
  })
})
