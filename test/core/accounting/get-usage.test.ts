// The report as the API gives it: which days are meant, pages of whole projects, names of users.
import { describe, expect, it } from 'vitest'
import { UsageInput } from '../../../core/accounting/report.ts'
import type { UsageRow } from '../../../core/accounting/usage.ts'
import { getUsage } from '../../../core/verbs/get-usage.ts'
import { codeOf } from '../../wishes.ts'
import { makeWorld } from '../../world.ts'
import { accountingSite, aSite } from '../samples.ts'

const row = (project: string, changes: Partial<UsageRow> = {}): UsageRow => ({
  virtualLab: 'lab',
  project,
  day: '2026-07-31',
  queue: 'debug',
  user: '5000',
  jobs: 1,
  nodeHours: 2,
  coreHours: 4,
  ...changes,
})
// The world's clock stands at 2026-08-01.
const world = makeWorld(accountingSite())
world.database.usage.push(row('a'), row('b'), row('c', { user: '1234' }), row('a', { day: '2026-06-01' }))
const usage = (query: object) => getUsage(world.context, UsageInput.parse(query))

describe('the report', () => {
  it('is of the last thirty days unless others are asked for', async () => {
    const { from, to, usage: rows } = await usage({})
    expect([from, to]).toEqual(['2026-07-03', '2026-08-01'])
    expect(rows.map(({ day }) => day)).toEqual(Array(3).fill('2026-07-31'))
    expect((await usage({ to: '2026-06-15' })).from).toBe('2026-05-17')
    expect((await usage({ from: '2026-06-01', to: '2026-06-01' })).usage).toHaveLength(1)
  })

  it('is of one project, one lab, or all; of nothing where there was nothing', async () => {
    const projects = async (query: object) => (await usage(query)).usage.map(({ project }) => project)
    expect(await projects({ virtualLab: 'lab', project: 'a' })).toEqual(['a'])
    expect(await projects({ virtualLab: 'lab' })).toEqual(['a', 'b', 'c'])
    expect(await projects({ virtualLab: 'other' })).toEqual([])
    expect(await projects({ virtualLab: 'lab', project: 'never-was' })).toEqual([])
  })

  it('comes in pages of whole projects', async () => {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await usage({ limit: 2, ...(cursor ? { cursor } : {}) })
      seen.push(...page.usage.map(({ project }) => project))
      cursor = page.cursor
    } while (cursor)
    expect(seen).toEqual(['a', 'b', 'c'])
  })

  it("names the clusters' own user, and others by number", async () => {
    const users = (await usage({})).usage.map(({ user }) => user)
    expect(users).toEqual(['sim', 'sim', '1234'])
  })

  it.each<[string, object]>([
    ['days the wrong way round', { from: '2026-07-02', to: '2026-07-01' }],
    ['more than a year', { from: '2025-01-01', to: '2026-07-01' }],
  ])('refuses %s', async (_, query) => {
    expect(await codeOf(usage(query))).toBe('InvalidRequest')
  })

  it.each<[string, object]>([
    ['a project without its lab', { project: 'a' }],
    ['what is no day', { from: '2026-02-30' }],
    ['a day of another age', { to: '9999-01-01' }],
    ['a field that it does not have', { user: 'sim' }],
    ['an id that is none', { virtualLab: "lab' OR '1'='1" }],
  ])('refuses %s, at the door', (_, query) => {
    expect(UsageInput.safeParse(query).success).toBe(false)
  })

  it('is refused where the site has no accounting', async () => {
    const { context } = makeWorld(aSite())
    expect(await codeOf(getUsage(context, UsageInput.parse({})))).toBe('NoAccounting')
  })
})
