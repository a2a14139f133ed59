// Clusters and events: pages, rows and lines.
import { describe, expect, test } from 'vitest'
import { aCluster, anEvent } from './clusters.ts'
import { runCli } from './command-line.ts'
import { answered } from './stand-in-api.ts'

const { name } = aCluster()

describe('list', () => {
  const page = (names: string[], cursor?: string) =>
    answered('listClusters', { clusters: names.map((name) => aCluster({ name })), cursor })

  test('follows the pages, also a short and an empty one, and prints a row for each cluster', async () => {
    const ran = await runCli(['list', '--virtual-lab', 'my-lab', '--status', 'CREATE_COMPLETE'], {
      listClusters: [page(['hpc-a', 'hpc-b'], 'one'), page([], 'two'), page(['hpc-c'])],
    })
    expect(ran.out.trimEnd().split('\n')).toEqual([
      'NAME   PROJECT            TIER   STATUS           SINCE  ENDS',
      'hpc-a  my-lab/my-project  debug  CREATE_COMPLETE  5 min  -',
      'hpc-b  my-lab/my-project  debug  CREATE_COMPLETE  5 min  -',
      'hpc-c  my-lab/my-project  debug  CREATE_COMPLETE  5 min  -',
    ])
    const filter = { virtualLab: 'my-lab', status: 'CREATE_COMPLETE', limit: '100' }
    expect(ran.calls.map(({ query }) => query)).toEqual([
      filter,
      { ...filter, cursor: 'one' },
      { ...filter, cursor: 'two' },
    ])
  })

  test('stops at the limit, and its JSON tells where to go on', async () => {
    const ran = await runCli(['list', '--limit', '3', '--json'], {
      listClusters: [page(['hpc-a', 'hpc-b'], 'one'), page(['hpc-c'], 'two')],
    })
    expect(JSON.parse(ran.out)).toMatchObject({ clusters: { length: 3 }, cursor: 'two' })
    expect(ran.calls.map(({ query }) => query.limit)).toEqual(['3', '1'])
  })

  test('without clusters is empty on stdout, and an empty list in JSON', async () => {
    const none = { listClusters: page([]) }
    expect(await runCli(['list'], none)).toMatchObject({
      status: 0,
      out: '',
      err: expect.stringContaining('no'),
    })
    expect(JSON.parse((await runCli(['list', '--json'], none)).out)).toEqual({ clusters: [] })
  })
})

describe('events', () => {
  const first = anEvent('1', { type: 'Wish', message: 'asked\nfor' })
  const failed = anEvent('2', {
    type: 'Failure',
    status: 'CREATE_FAILED',
    reason: 'NoCapacity',
    message: 'none left',
  })

  test('are lines in columns, of all pages', async () => {
    const ran = await runCli(['events', name], {
      listEvents: [
        answered('listEvents', { events: [first], cursor: 'one' }),
        answered('listEvents', { events: [failed] }),
      ],
    })
    expect(ran.out.split('\n')).toEqual([
      '2026-11-22T11:45:00Z  Wish      -                        asked for',
      '2026-11-22T11:45:00Z  Failure   CREATE_FAILED            NoCapacity: none left',
      '',
    ])
  })

  test('are one document in JSON', async () => {
    const listEvents = answered('listEvents', { events: [first, failed] })
    expect(JSON.parse((await runCli(['events', name, '--json'], { listEvents })).out)).toEqual({
      events: [first, failed],
    })
  })

  test('are followed without a repetition until the cluster is deleted, from the last page on', async () => {
    const last = anEvent('3', { status: 'DELETE_COMPLETE' })
    const ran = await runCli(['events', name, '--follow', '--json'], {
      listEvents: [
        answered('listEvents', { events: [first], cursor: 'page 2' }),
        answered('listEvents', { events: [] }),
        answered('listEvents', { events: [failed] }),
        answered('listEvents', { events: [failed, last] }),
      ],
    })
    const lines = ran.out.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual([first, failed, last])
    expect(ran.calls.map(({ query }) => query.cursor)).toEqual([undefined, 'page 2', 'page 2', 'page 2'])
  })
})
