// The table row by row, and the guards around it.
import { describe, expect, it } from 'vitest'
import type { StackPhase } from '../../../core/cloud.ts'
import type { Cluster } from '../../../core/cluster.ts'
import {
  decide,
  doubtSeconds,
  lookAgainSeconds,
  passSeconds,
  type Step,
} from '../../../core/reconcile/decide.ts'
import { aCluster } from '../samples.ts'

const limits = {
  queuing: 7200,
  creating: 3600,
  deleting: 1800,
  draining: 600,
  importing: 7200,
  rotating: 900,
  exporting: 3600,
}
const since = aCluster().statusSince
const failure = { reason: 'CreateFailed', message: 'Subnet: no' }

const decided = (
  changes: Partial<Cluster>,
  own: StackPhase,
  { seconds = 10, pclusterStack = false }: { seconds?: number; pclusterStack?: boolean } = {},
) =>
  decide(
    aCluster(changes),
    {
      own,
      pcluster: pclusterStack || !['absent', 'failed'].includes(own) ? 'ready' : 'absent',
      isOurs: true,
      now: new Date(Date.parse(since) + seconds * 1000),
    },
    limits,
  )

const building: Partial<Cluster> = { status: 'CREATE_IN_PROGRESS', stackId: 'arn:stack' }
const removal = { since, tries: 0, pclusterTries: 0 }
const begun: Partial<Cluster> = { status: 'CREATE_IN_PROGRESS' }
const failing: Partial<Cluster> = { ...building, failure, removal }
const unwanted: Partial<Cluster> = { ...building, wanted: 'absent', removal }

const moving: Partial<Cluster> = { ...building, zone: 'eu-west-1b', zonesTried: ['eu-west-1b'] }

type Row = { cluster: Partial<Cluster>; own: StackPhase; step: Step['do']; because: string }
const present: Row[] = [
  { cluster: begun, own: 'absent', step: 'create', because: 'nothing is there yet' },
  { cluster: building, own: 'creating', step: 'wait', because: 'CloudFormation is at work' },
  { cluster: building, own: 'ready', step: 'ready', because: 'the stack is complete and the record is not' },
  { cluster: building, own: 'failed', step: 'fail', because: 'a stack that rolled back never becomes ready' },
  { cluster: building, own: 'deleting', step: 'wait', because: 'what it leads to shows when it is gone' },
  { cluster: building, own: 'stuck', step: 'fail', because: 'someone else deleted half of it' },
]
const cleaning: Row[] = [
  { cluster: failing, own: 'absent', step: 'settleFailure', because: 'nothing is left to clean up' },
  { cluster: failing, own: 'creating', step: 'remove', because: 'it took too long and is not waited for' },
  { cluster: failing, own: 'ready', step: 'remove', because: 'it became ready after it counted as failed' },
  {
    cluster: failing,
    own: 'failed',
    step: 'remove',
    because: 'a rolled-back stack is removed, never updated',
  },
  { cluster: failing, own: 'deleting', step: 'wait', because: 'the clean-up is under way' },
  { cluster: failing, own: 'stuck', step: 'noteStuck', because: 'what holds it is recorded first' },
]
const movingOn: Row[] = [
  { cluster: moving, own: 'absent', step: 'create', because: 'the next zone can begin' },
  { cluster: moving, own: 'failed', step: 'remove', because: 'the stack of the zone before is in the way' },
  { cluster: moving, own: 'deleting', step: 'wait', because: 'it is going' },
  { cluster: moving, own: 'stuck', step: 'fail', because: 'what is left is in the way of the next zone' },
  { cluster: moving, own: 'creating', step: 'wait', because: 'another pass has begun in the next zone' },
  { cluster: moving, own: 'ready', step: 'wait', because: 'the record of the next zone says so' },
]
const absent: Row[] = [
  { cluster: unwanted, own: 'absent', step: 'forget', because: 'nothing is left' },
  { cluster: unwanted, own: 'creating', step: 'remove', because: 'a create is cancelled' },
  { cluster: unwanted, own: 'ready', step: 'remove', because: 'it is not wanted' },
  { cluster: unwanted, own: 'failed', step: 'remove', because: 'what rolled back is still a stack' },
  { cluster: unwanted, own: 'deleting', step: 'wait', because: 'the deletion is under way' },
  { cluster: unwanted, own: 'stuck', step: 'noteStuck', because: 'what holds it is recorded first' },
]

const complete: Partial<Cluster> = { status: 'CREATE_COMPLETE', stackId: 'arn:stack' }
const wished: Partial<Cluster> = { ...complete, generation: 1 }
const updating: Partial<Cluster> = { ...wished, status: 'UPDATE_IN_PROGRESS', tried: 1 }
const failedUpdate: Partial<Cluster> = { ...updating, status: 'UPDATE_FAILED', updateFailure: failure }
const late = { ...failedUpdate, updateFailure: { reason: 'UpdateTimedOut', message: 'x' } }
const updates: Row[] = [
  { cluster: wished, own: 'ready', step: 'update', because: 'it is wished for' },
  { cluster: wished, own: 'reverted', step: 'update', because: 'the one before failed' },
  { cluster: wished, own: 'halfway', step: 'update', because: 'CloudFormation says whether it can' },
  { cluster: wished, own: 'updating', step: 'wait', because: 'another one is not over' },
  { cluster: wished, own: 'absent', step: 'doubt', because: 'one look may be wrong' },
  { cluster: wished, own: 'deleting', step: 'fail', because: 'someone else deletes the stack' },
  { cluster: wished, own: 'stuck', step: 'fail', because: 'someone else deleted half of the stack' },
  { cluster: updating, own: 'updating', step: 'wait', because: 'CloudFormation is at work' },
  { cluster: updating, own: 'ready', step: 'updated', because: 'the stack is complete' },
  { cluster: updating, own: 'reverted', step: 'failUpdate', because: 'what was before is there again' },
  { cluster: updating, own: 'halfway', step: 'failUpdate', because: 'the way back failed, too' },
  { cluster: failedUpdate, own: 'reverted', step: 'rest', because: 'nobody wished anew' },
  { cluster: failedUpdate, own: 'ready', step: 'rest', because: 'its update was never begun' },
  { cluster: failedUpdate, own: 'halfway', step: 'rest', because: 'the cluster runs' },
  {
    cluster: { ...failedUpdate, generation: 2 },
    own: 'reverted',
    step: 'update',
    because: 'somebody wished anew',
  },
  { cluster: late, own: 'updating', step: 'rest', because: 'its end will be told' },
  { cluster: late, own: 'ready', step: 'updated', because: 'what is done late is done' },
  { cluster: complete, own: 'updating', step: 'rest', because: 'someone else is at it' },
  { cluster: building, own: 'updating', step: 'wait', because: 'someone else is at it' },
  { cluster: building, own: 'reverted', step: 'ready', because: 'the cluster is there' },
  {
    cluster: { ...updating, wanted: 'absent' },
    own: 'updating',
    step: 'wait',
    because: 'it cannot be deleted yet',
  },
  {
    cluster: { ...updating, wanted: 'absent' },
    own: 'reverted',
    step: 'remove',
    because: 'it is not wanted',
  },
  { cluster: { ...updating, wanted: 'absent' }, own: 'halfway', step: 'remove', because: 'it is not wanted' },
]

describe('the table', () => {
  it.each(updates)('of updates, stack $own: $step, because $because', ({ cluster, own, step }) => {
    expect(decided(cluster, own).do).toBe(step)
  })
  it.each(present)('wanted, stack $own: $step, because $because', ({ cluster, own, step }) => {
    expect(decided(cluster, own).do).toBe(step)
  })
  it.each(cleaning)('failing, stack $own: $step, because $because', ({ cluster, own, step }) => {
    expect(decided(cluster, own).do).toBe(step)
  })
  it.each(movingOn)(
    'moving to another zone, stack $own: $step, because $because',
    ({ cluster, own, step }) => {
      expect(decided(cluster, own).do).toBe(step)
    },
  )
  it.each(absent)('unwanted, stack $own: $step, because $because', ({ cluster, own, step }) => {
    expect(decided(cluster, own).do).toBe(step)
  })
  it.each(absent)(
    'unwanted after a failure, stack $own: $step as for any other',
    ({ cluster, own, step }) => {
      expect(decided({ ...cluster, failure }, own).do).toBe(step)
    },
  )
})

describe('the guards', () => {
  const guards = [
    {
      because: 'a stack that was there and is not was deleted by someone else',
      step: decided({ ...complete, missedAt: since }, 'absent', { seconds: doubtSeconds }),
      is: { do: 'fail', failure: { reason: 'StackVanished' } },
    },
    {
      because: 'one look that does not find it may be wrong',
      step: decided(complete, 'absent'),
      is: { do: 'doubt' },
    },
    {
      because: 'another look right after it may be wrong in the same way',
      step: decided({ ...complete, missedAt: since }, 'absent', { seconds: doubtSeconds - 1 }),
      is: { do: 'wait' },
    },
    {
      because: 'a look of long ago that did not find it was another trouble',
      step: decided({ ...complete, missedAt: since }, 'absent', { seconds: 3600 }),
      is: { do: 'doubt' },
    },
    {
      because: 'a built cluster that someone else failed to delete did not fail to be created',
      step: decided(complete, 'stuck'),
      is: { do: 'fail', failure: { reason: 'StackVanished' } },
    },
    {
      because: 'a ready cluster is left alone',
      step: decided({ status: 'CREATE_COMPLETE', stackId: 'arn:stack' }, 'ready', { seconds: 1e6 }),
      is: { do: 'rest' },
    },
    {
      because: 'a failed cluster that is cleaned up is left alone',
      step: decided({ status: 'CREATE_FAILED', failure }, 'absent'),
      is: { do: 'rest' },
    },
    {
      because: 'a failed cluster has no stack, so one that came late is removed',
      step: decided({ status: 'CREATE_FAILED', failure }, 'creating'),
      is: { do: 'remove' },
    },
    {
      because: 'the time for creating is not over',
      step: decided(building, 'creating', { seconds: limits.creating }),
      is: { do: 'wait' },
    },
    {
      because: 'the time for creating is over',
      step: decided(building, 'creating', { seconds: limits.creating + 1 }),
      is: { do: 'fail', failure: { reason: 'TimedOut' } },
    },
    {
      because: 'the time for starting a stack is over, too',
      step: decided(begun, 'absent', { seconds: limits.creating + 1 }),
      is: { do: 'fail', failure: { reason: 'TimedOut' } },
    },
    {
      because: 'the time for an update and its way back is over',
      step: decided(updating, 'updating', { seconds: 2 * limits.creating + 1 }),
      is: { do: 'failUpdate', failure: { reason: 'UpdateTimedOut' } },
    },
    {
      because: 'an update that takes as long as a create does not fail the cluster',
      step: decided(updating, 'updating', { seconds: 2 * limits.creating }),
      is: { do: 'wait' },
    },
    {
      because: 'what became ready late is ready',
      step: decided(building, 'ready', { seconds: limits.creating + 1 }),
      is: { do: 'ready' },
    },
    {
      because: "a rollback would delete ParallelCluster's stack of that name",
      step: decided({ status: 'CREATE_REQUEST_RECEIVED' }, 'absent', { pclusterStack: true }),
      is: { do: 'wait' },
    },
    {
      because: 'the name is not free for the next create',
      step: decided(failing, 'absent', { pclusterStack: true }),
      is: { do: 'wait' },
    },
    {
      because: 'the deletion is not complete',
      step: decided(unwanted, 'absent', { pclusterStack: true }),
      is: { do: 'wait' },
    },
    {
      because: 'the time for deleting is over',
      step: decided(unwanted, 'absent', { pclusterStack: true, seconds: limits.deleting + 1 }),
      is: { do: 'removePcluster', retaining: false },
    },
    {
      because: 'a stuck deletion is told',
      step: decided(unwanted, 'stuck'),
      is: { do: 'noteStuck', of: 'own' },
    },
    {
      because: 'a pass may be about to start the stack, so the deletion begins first',
      step: decided({ ...begun, wanted: 'absent' }, 'absent'),
      is: { do: 'remove' },
    },
    {
      because: 'a pass that began before the deletion may still be at it',
      step: decided({ wanted: 'absent', removal }, 'absent', { seconds: passSeconds - 1 }),
      is: { do: 'remove' },
    },
    {
      because: 'no pass lasts that long',
      step: decided({ wanted: 'absent', removal }, 'absent', { seconds: passSeconds }),
      is: { do: 'forget' },
    },
    {
      because: 'without a zone no stack was ever asked for',
      step: decided({ wanted: 'absent', zone: undefined }, 'absent'),
      is: { do: 'forget' },
    },
  ]
  it.each(guards)('$is.do, because $because', ({ step, is }) => {
    expect(step).toMatchObject(is)
  })

  it('give the same step for the same look', () => {
    expect(decided(building, 'stuck')).toEqual(decided(building, 'stuck'))
  })
})

describe('the next look', () => {
  it.each([
    [0, 2],
    [10, 2],
    [60, 12],
    [150, 30],
    [3600, 30],
  ])('%i s into a status comes after %i s', (since, seconds) => {
    expect(lookAgainSeconds(since)).toBe(seconds)
  })
})
