// Waiting: the table of statuses, progress, and what the exit status says.
import { describe, expect, test } from 'vitest'
import type { Goal } from '../../cli/wait-for.ts'
import type { Status } from '../../core/cluster.ts'
import { aCluster, aFailedCluster } from './clusters.ts'
import { runCli } from './command-line.ts'
import { type Answer, answered, refused } from './stand-in-api.ts'

const { name } = aCluster()
const seen = (...statuses: Status[]): Answer[] =>
  statuses.map((status) => answered('getCluster', aCluster({ status })))
const missing = refused('ClusterNotFound')

describe('the end of waiting', () => {
  test.each<[because: string, goal: Goal, answers: Answer[], status: number]>([
    ['it became ready', 'ready', seen('CREATE_REQUEST_RECEIVED', 'CREATE_IN_PROGRESS', 'CREATE_COMPLETE'), 0],
    ['an updated cluster is ready', 'ready', seen('UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE'), 0],
    ['it failed', 'ready', [...seen('CREATE_IN_PROGRESS'), answered('getCluster', aFailedCluster)], 7],
    ['it is being deleted', 'ready', seen('DELETE_IN_PROGRESS'), 7],
    ['there is none', 'ready', [missing], 4],
    ['it went while it was waited for', 'ready', [...seen('CREATE_IN_PROGRESS'), missing], 4],
    ['it is gone', 'deleted', [...seen('DELETE_IN_PROGRESS'), missing], 0],
    ['there was none', 'deleted', [missing], 0],
    ['its deletion failed', 'deleted', seen('DELETE_IN_PROGRESS', 'DELETE_FAILED'), 7],
    [
      'another deployment has its name',
      'deleted',
      [...seen('DELETE_IN_PROGRESS'), answered('getCluster', aCluster({ deploymentId: 'd2' }))],
      0,
    ],
    ['nobody asked for its deletion', 'deleted', seen('CREATE_COMPLETE'), 8],
    ['it takes too long', 'ready', seen('CREATE_IN_PROGRESS'), 8],
    ['the caller may not ask', 'ready', [refused('Forbidden')], 3],
    ['the API cannot be reached from the start', 'ready', [refused('Unavailable')], 6],
    [
      'the API stumbles',
      'ready',
      [
        ...seen('CREATE_IN_PROGRESS'),
        refused('Unavailable'),
        refused('Internal'),
        ...seen('CREATE_COMPLETE'),
      ],
      0,
    ],
    ['the API stays away', 'ready', [...seen('CREATE_IN_PROGRESS'), refused('Unavailable')], 6],
  ])('%s: --for %s', async (_, goal, answers, status) => {
    const ran = await runCli(['wait', name, '--for', goal, '--timeout', '60'], { getCluster: answers })
    expect(ran.status, ran.err).toBe(status)
  })

  test('it is told why the cluster failed', async () => {
    const getCluster = answered('getCluster', aFailedCluster)
    const { err } = await runCli(['wait', name], { getCluster })
    expect(err).toContain('CREATE_FAILED. StackFailed: Resource handler returned: no capacity\n')
  })

  test('it is told how many are before it while it waits for its turn', async () => {
    const queued = (ahead: number) => {
      const queue = { position: ahead + 1, ahead, waiting: 9, since: '2026-11-22T11:45:00.000Z' }
      return answered('getCluster', aCluster({ status: 'CREATE_REQUEST_RECEIVED', queue }))
    }
    const getCluster = [queued(7), queued(2), ...seen('CREATE_IN_PROGRESS', 'CREATE_COMPLETE')]
    const { err } = await runCli(['wait', name], { getCluster })
    expect(err).toMatch(/CREATE_REQUEST_RECEIVED, 7 before it.*\n.*, 2 before it.*\n.*CREATE_IN_PROGRESS {2}/)
  })

  test('never waits longer than the timeout', async () => {
    const ran = await runCli(['wait', name, '--timeout', '10'], { getCluster: seen('CREATE_IN_PROGRESS') })
    expect(ran).toMatchObject({ status: 8, slept: 10 })
  })
})

describe('progress', () => {
  const statuses = seen('CREATE_IN_PROGRESS', 'CREATE_IN_PROGRESS', 'CREATE_IN_PROGRESS', 'CREATE_COMPLETE')

  test('is a line for each change in a log', async () => {
    const { err } = await runCli(['wait', name], { getCluster: statuses })
    expect(err.split('\n')).toEqual([
      `${name}  CREATE_IN_PROGRESS  0:00`,
      `${name}  CREATE_COMPLETE  0:09`,
      `${name} is ready.`,
      '',
    ])
  })

  test('is one line that changes on a screen', async () => {
    const { err } = await runCli(['wait', name], { getCluster: statuses }, { canRedraw: true })
    expect(err.split('\r\u001b[K').map((line) => line.trim())).toEqual([
      '',
      `${name}  CREATE_IN_PROGRESS  0:00`,
      `${name}  CREATE_IN_PROGRESS  0:03`,
      `${name}  CREATE_IN_PROGRESS  0:06`,
      `${name}  CREATE_COMPLETE  0:09\n${name} is ready.`,
    ])
  })

  test('leaves stdout to the JSON of the cluster', async () => {
    const ready = await runCli(['wait', name, '--json'], { getCluster: statuses })
    expect(JSON.parse(ready.out)).toEqual(aCluster())
    const gone = await runCli(['wait', name, '--for', 'deleted', '--json'], { getCluster: missing })
    expect(JSON.parse(gone.out)).toBeNull()
  })
})

test('delete --wait ends when the cluster is gone', async () => {
  const ran = await runCli(['delete', name, '--wait'], {
    deleteCluster: answered('deleteCluster', aCluster({ status: 'DELETE_IN_PROGRESS' })),
    getCluster: [...seen('DELETE_IN_PROGRESS'), missing],
  })
  expect(ran).toMatchObject({ status: 0, out: '', err: expect.stringContaining('is gone') })
})

test('create --wait of a cluster that fails has its exit status', async () => {
  const ran = await runCli(['create', 'my-lab', 'fail-create-1', '--wait'], {
    createCluster: answered('createCluster', aCluster({ status: 'CREATE_REQUEST_RECEIVED' })),
    getCluster: answered('getCluster', aFailedCluster),
  })
  expect(ran).toMatchObject({ status: 7, err: expect.stringContaining('StackFailed') })
})
