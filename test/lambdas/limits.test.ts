// No request costs much more than its size: neither in what is read of it nor in what is answered.
import { describe, expect, it } from 'vitest'
import { maxBodyBytes } from '../../lambdas/middleware/request.ts'
import { aName, aWish, create } from '../wishes.ts'
import { makeWorld } from '../world.ts'
import { door, one, post } from './events.ts'
import { caughtLog } from './log.ts'

caughtLog()
const call = (request: Parameters<ReturnType<typeof door>>[0]) => door(makeWorld())(request)
const validate = (text: string) => call({ method: 'POST', resource: '/v1/configurations/validate', text })
const size = (answer: { body: object }) => JSON.stringify(answer.body).length
/** The unit as often as a body may have it. */
const full = (unit: string) => unit.repeat(Math.floor(maxBodyBytes / unit.length))

describe('a body', () => {
  const text = JSON.stringify(aWish)
  const padded = text + ' '.repeat(maxBodyBytes - text.length)

  it('of 64 KiB is taken, and one byte more is not', async () => {
    expect((await call({ method: 'POST', text: padded })).status).toBe(202)
    expect(await call({ method: 'POST', text: `${padded} ` })).toMatchObject({
      status: 413,
      body: { code: 'RequestTooLarge' },
    })
  })

  it.each([
    ['in UTF-8 only', 'é'.repeat(maxBodyBytes / 2 + 1), false],
    ['behind base64', Buffer.from(`${padded} `).toString('base64'), true],
    ['by a hundred times', 'x'.repeat(100 * maxBodyBytes), false],
  ])('that is too large %s is refused by every route that takes one', async (_, text, base64) => {
    for (const resource of ['/v1/clusters', '/v1/configurations/validate'])
      expect((await call({ method: 'POST', resource, text, base64 })).status).toBe(413)
  })

  it.each([
    ['[', 'lists'],
    ['{"a":', 'objects'],
  ])('that is nested as deeply as it can be, of %s, is refused', async (unit) => {
    expect((await call({ method: 'POST', text: full(unit) })).status).toBe(400)
    const closed = `${unit.repeat(5000)}1${(unit === '[' ? ']' : '}').repeat(5000)}`
    expect((await call({ method: 'POST', text: closed })).status).toBe(400)
    const inside = JSON.stringify({ ...aWish, resources: 'here' }).replace('"here"', closed)
    expect((await call({ method: 'POST', text: inside })).status).toBe(400)
  })

  it('with thousands of fields that nobody knows is told of the first of them only', async () => {
    const fields = Object.fromEntries(Array.from({ length: 6000 }, (_, i) => [`f${i}`, 1]))
    const answer = await call(post({ ...aWish, ...fields }))
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining('5950 more') } })
    expect(answer.body.details).toHaveLength(50)
    expect(size(answer)).toBeLessThan(maxBodyBytes)
  })
})

describe('a PATCH', () => {
  const patch = async (maxCounts: object) => {
    const world = makeWorld()
    await create(world)
    // Only one that is ready can be changed.
    await world.advance(1200)
    return door(world)({ ...one(aName, 'PATCH'), body: { maxCounts } })
  }

  it('of thousands of compute resources is answered by less than it is', async () => {
    const maxCounts = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`r${i}`, 1]))
    const answer = await patch(maxCounts)
    expect(answer).toMatchObject({ status: 400, body: { code: 'InvalidRequest' } })
    expect(size(answer)).toBeLessThan(1000)
  })

  it('of as many as a cluster may have is told of each', async () => {
    const maxCounts = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`r${i}`, 1]))
    expect((await patch(maxCounts)).body.details).toHaveLength(50)
  })

  it.each(['', 'x'.repeat(65)])('of one by no name that there can be is refused: %j', async (name) => {
    expect((await patch({ [name]: 1 })).body.message).toContain('maxCounts')
  })
})

const powers = 'bcdefghij'
  .split('')
  .map((name, i) => `${name}: &${name} [${`*${'abcdefghi'[i]},`.repeat(9)}]`)
  .join('\n')
// Each alias brings three hundred mistakes.
const mistakes = `Queue: &q {Name: x, ComputeResources: [${'{Bad: 1},'.repeat(300)}]}
Image: {Os: alinux2023}
HeadNode: {InstanceType: t3.micro, Networking: {SubnetId: x}}
Scheduling: {Scheduler: slurm, SlurmQueues: [${'*q,'.repeat(60)}]}
`

describe('a configuration in YAML', () => {
  it.each([
    ['lists within lists', full('[')],
    ['maps within maps', full('{a: ')],
    ['items within items', full('- ')],
    ['closed lists', '['.repeat(30_000) + ']'.repeat(30_000)],
    ['aliases of aliases', `a: &a [${'x,'.repeat(9)}]\n${powers}`],
    ['an alias of what it stands in', 'a: &a [*a]'],
    ['documents', full('---\n')],
    ['tags', full('- !a\n')],
    ['keys without values', full('? a\n')],
  ])('that is nothing but %s has a finding, and a small answer', async (_, text) => {
    const answer = await validate(text)
    expect(answer).toMatchObject({ status: 200, body: { valid: false } })
    expect(size(answer)).toBeLessThan(2000)
  })

  it.each([
    ['by aliases', mistakes],
    ['one for each line', Array.from({ length: 7000 }, (_, i) => `k${i}: \n`).join('')],
    ['one for each anchor', Array.from({ length: 5000 }, (_, i) => `k${i}: &a 1\n`).join('')],
  ])('with thousands of mistakes, %s, is told of the gravest two hundred', async (_, text) => {
    const { status, body } = await validate(text)
    expect(status).toBe(200)
    expect(body).toMatchObject({ valid: false, more: expect.any(Number) })
    expect(body.findings).toHaveLength(200)
    expect(body.more as number).toBeGreaterThan(4000)
    expect(size({ body })).toBeLessThan(maxBodyBytes * 2)
  })

  it('has the place of each mistake behind an alias', async () => {
    const { body } = await validate(mistakes)
    const places = (body.findings as { line: number; column: number }[]).map(({ line, column }) => [
      line,
      column,
    ])
    expect(new Set(places.map(String)).size).toBe(200)
  })
})

it('an answer of 405 names what is allowed, in words and in its header', async () => {
  const { status, headers } = await call({ method: 'PUT' })
  expect([status, headers.allow]).toEqual([405, 'POST, GET'])
})
