// The report's arithmetic: nothing is counted twice, nothing is lost, whatever jobs, days and ranges there are.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstJobId, maxJobId } from '../../../core/accounting/accounting.ts'
import {
  cpusOf,
  type JobRecord,
  type Span,
  spanOf,
  splitByDay,
  usageSums,
} from '../../../core/accounting/usage.ts'

const day = 86_400
const base = Date.parse('2026-11-01') / 1000
const tenant = { virtualLab: 'lab', project: 'project' }
const second = fc.integer({ min: base - 3 * day, max: base + 10 * day })
const aJob: fc.Arbitrary<JobRecord> = fc.record({
  startedAt: second,
  endedAt: fc.oneof(fc.constant(0), second),
  nodes: fc.integer({ min: 1, max: 100 }),
  cpus: fc.integer({ min: 1, max: 10_000 }),
  queue: fc.constantFrom('debug', 'prod'),
  user: fc.constantFrom('sim', 'ec2-user'),
})
const aSpan: fc.Arbitrary<Span> = fc
  .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 5 * day }))
  .map(([first, length]) => ({ since: base + first * day, until: base + first * day + length }))

/** What a job has of the span, by the shortest possible sum. */
const secondsOf = ({ startedAt, endedAt }: JobRecord, { since, until }: Span): number =>
  Math.max(0, Math.min(endedAt === 0 ? until : endedAt, until) - Math.max(startedAt, since))

const report = (jobs: JobRecord[], span: Span) => {
  const sums = usageSums(span)
  for (const job of jobs) sums.add(job)
  return sums.rows(tenant)
}
const total = <K extends 'jobs' | 'nodeHours' | 'coreHours'>(rows: { [k in K]: number }[], key: K) =>
  rows.reduce((sum, row) => sum + row[key], 0)

describe('the sums', () => {
  it('of all days are those of the jobs, clipped to the range', () => {
    fc.assert(
      fc.property(fc.array(aJob, { maxLength: 30 }), aSpan, (jobs, span) => {
        const rows = report(jobs, span)
        const wanted = (of: (job: JobRecord) => number) =>
          jobs.reduce((sum, job) => sum + secondsOf(job, span) * of(job), 0) / 3600
        // Each row is rounded to the fourth decimal.
        const rounding = rows.length * 0.5e-4 + 1e-6
        expect(Math.abs(total(rows, 'nodeHours') - wanted(({ nodes }) => nodes))).toBeLessThanOrEqual(
          rounding,
        )
        expect(Math.abs(total(rows, 'coreHours') - wanted(({ cpus }) => cpus))).toBeLessThanOrEqual(rounding)
      }),
    )
  })

  it('of neighbouring ranges add up to that of both, jobs too', () => {
    fc.assert(
      fc.property(fc.array(aJob, { maxLength: 20 }), (jobs) => {
        const [a, b, c] = [base, base + 3 * day, base + 6 * day] as const
        const ended = jobs.map((job) => ({ ...job, endedAt: job.endedAt || c }))
        const parts = [...report(ended, { since: a, until: b }), ...report(ended, { since: b, until: c })]
        expect(report(ended, { since: a, until: c })).toEqual(parts)
      }),
    )
  })

  it('name each day, queue and user once, in that order, and no day outside the range', () => {
    fc.assert(
      fc.property(fc.array(aJob, { maxLength: 30 }), aSpan, (jobs, span) => {
        const keys = report(jobs, span).map(({ day, queue, user }) => `${day} ${queue} ${user}`)
        expect(keys).toEqual([...new Set(keys)].sort())
        const days = new Set(splitByDay(span.since, span.until).map((part) => part.day))
        for (const key of keys) expect(days).toContain(key.slice(0, 10))
      }),
    )
  })

  it('count a job on the day of its start, and split its hours at midnight', () => {
    const overnight = {
      startedAt: base + 23 * 3600,
      endedAt: base + day + 2 * 3600,
      nodes: 2,
      cpus: 8,
      queue: 'q',
      user: 'u',
    }
    const rows = report([overnight], { since: base, until: base + 7 * day })
    expect(rows.map(({ day, jobs, nodeHours, coreHours }) => [day, jobs, nodeHours, coreHours])).toEqual([
      ['2026-11-01', 1, 2, 8],
      ['2026-11-02', 0, 4, 16],
    ])
  })

  it('count a job that still runs until now', () => {
    const now = new Date('2026-11-01T06:00:00Z')
    const span = spanOf({ from: '2026-11-01', to: '2026-11-01' }, now)
    const running = { startedAt: base, endedAt: 0, nodes: 1, cpus: 1, queue: 'q', user: 'u' }
    expect(report([running], span)[0]?.nodeHours).toBe(6)
  })
})

describe('a list of trackable resources', () => {
  it.each([
    ['1=4,2=1000,4=2,5=4', 4],
    ['2=1000,1=12', 12],
    ['2=1000,4=2', undefined],
    ['11=7', undefined],
    ['', undefined],
  ])('%j has %s CPUs', (tres, cpus) => {
    expect(cpusOf(tres)).toBe(cpus)
  })
})

describe('the first job id of the next cluster', () => {
  it('is above all that were, and leaves room below the largest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: maxJobId }), (highest) => {
        const first = firstJobId(highest)
        if (highest < maxJobId - 10_000) expect(first).toBe(highest + 1)
        else expect(first).toBe(1)
      }),
    )
  })
})
