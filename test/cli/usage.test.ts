// The report of usage on the command line: of all pages, as a table with a total, or as one document.
import { describe, expect, test } from 'vitest'
import { runCli } from './command-line.ts'
import { answered } from './stand-in-api.ts'

const row = (project: string, jobs: number) => ({
  virtualLab: 'my-lab',
  project,
  day: '2026-11-21',
  queue: 'debug',
  user: 'sim',
  jobs,
  nodeHours: 1.25,
  coreHours: 5,
})
const page = (projects: string[], cursor?: string) =>
  answered('getUsage', {
    from: '2026-11-01',
    to: '2026-11-22',
    usage: projects.map((project, index) => row(project, index + 1)),
    ...(cursor ? { cursor } : {}),
  })

describe('usage', () => {
  test('is a row for each project, day, queue and user, of all pages, and a total', async () => {
    const ran = await runCli(['usage', 'my-lab', '--from', '2026-11-01'], {
      getUsage: [page(['a', 'b'], 'next'), page(['c'])],
    })
    expect(ran.out.trimEnd().split('\n')).toEqual([
      'PROJECT   DAY         QUEUE  USER  JOBS  NODE HOURS  CORE HOURS',
      'my-lab/a  2026-11-21  debug  sim   1     1.25        5.00',
      'my-lab/b  2026-11-21  debug  sim   2     1.25        5.00',
      'my-lab/c  2026-11-21  debug  sim   1     1.25        5.00',
      'total     -           -      -     4     3.75        15.00',
    ])
    expect(ran.calls.map(({ query }) => query)).toEqual([
      { virtualLab: 'my-lab', from: '2026-11-01' },
      { virtualLab: 'my-lab', from: '2026-11-01', to: '2026-11-22', cursor: 'next' },
    ])
  })

  test('of one project asks for that one, and its JSON is one document', async () => {
    const ran = await runCli(['usage', 'my-lab/a', '--json'], {
      getUsage: [page(['a'], 'next'), page(['a'])],
    })
    const told = JSON.parse(ran.out)
    expect(told.usage).toHaveLength(2)
    expect(told).not.toHaveProperty('cursor')
    expect(ran.calls[0]?.query).toEqual({ virtualLab: 'my-lab', project: 'a' })
  })

  test('without jobs is empty on stdout', async () => {
    expect(await runCli(['usage'], { getUsage: page([]) })).toMatchObject({
      status: 0,
      out: '',
      err: expect.stringContaining('no job'),
    })
  })

  test.each(['my-lab/', '/a', 'my-lab/a/b'])('%s names no project', async (whose) => {
    expect((await runCli(['usage', whose], {})).status).toBe(2)
  })
})
