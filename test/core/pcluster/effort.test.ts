// The effort grows with the text and no faster: a body of 64 KiB must not cost seconds. Steps are counted, not time.
import { describe, expect, it } from 'vitest'
import { asNumber } from '../../../core/pcluster/coercions.ts'
import { validate } from '../../../core/pcluster/validate.ts'
import { compose, parseDocument } from '../../../core/pcluster/yaml-document.ts'

describe('a text is parsed', () => {
  const parsesOf = (text: string) => {
    let count = 0
    const { error } = parseDocument(text, (...given) => {
      count += 1
      return compose(...given)
    })
    return { count, closes: error === undefined }
  }

  it.each([
    ['quotes', `a: "${'\nx'.repeat(5000)}"`],
    ['brackets', `a: [${'\nx,'.repeat(5000)}]`],
    ['a thousand brackets', `a:\n${'- [x,\ny]\n'.repeat(1000)}`],
    ['a thousand quotes', `a:\n${"- 'x\ny'\n".repeat(1000)}`],
  ])('once, where %s have lines at column 0', (_, text) => {
    expect(parsesOf(text)).toEqual({ count: 1, closes: true })
  })

  it.each([
    ['quotes', `a: "${'\nx'.repeat(5000)}`],
    ['brackets', `a: [${'\nx,'.repeat(5000)}`],
  ])('once more for the place, where %s never close', (_, text) => {
    expect(parsesOf(text)).toEqual({ count: 2, closes: false })
  })
})

/** How many items the methods of arrays looked at. */
function stepsOf(run: () => void): number {
  type Method = (this: unknown[], ...given: unknown[]) => unknown
  const methods = ['filter', 'find', 'findIndex', 'some', 'every', 'map', 'flatMap', 'indexOf'] as const
  const prototype = Array.prototype as unknown as Record<string, Method>
  const originals = methods.map((name) => [name, prototype[name] as Method] as const)
  let steps = 0
  for (const [name, original] of originals)
    prototype[name] = function (look, ...more) {
      if (typeof look !== 'function') {
        steps += this.length
        return original.call(this, look, ...more)
      }
      const counted = (...items: unknown[]) => {
        steps += 1
        return look(...items)
      }
      return original.call(this, counted, ...more)
    }
  try {
    run()
  } finally {
    for (const [name, original] of originals) prototype[name] = original
  }
  return steps
}

describe('twice as long a list', () => {
  const head = `Image: {Os: alinux2023}
HeadNode: {InstanceType: t3.medium, Networking: {SubnetId: subnet-12345678}}
`
  const rest = `Scheduling: {Scheduler: slurm, SlurmQueues: [{Name: q, Networking: {SubnetIds: [subnet-12345678]},
  ComputeResources: [{Name: c, InstanceType: c5.large}]}]}
`
  const inQueue = (text: string) =>
    `${head}Scheduling: {Scheduler: slurm, SlurmQueues: [{Name: q, Networking: {SubnetIds: [subnet-12345678]}, ${text}}]}`
  const texts: [what: string, of: (items: (one: string) => string) => string][] = [
    ['empty tags', (items) => `Tags: [${items('{}')}]`],
    ['tags with unknown keys', (items) => `Tags: [${items('{a: 1}')}]`],
    ['tags that are one', (items) => `${head}${rest}Tags: [${items('{Key: a, Value: b}')}]`],
    ['empty storages', (items) => `SharedStorage: [${items('{}')}]`],
    [
      'storages',
      (items) => `${head}${rest}SharedStorage: [${items('{Name: a#, MountDir: b#, StorageType: Efs}')}]`,
    ],
    ['empty queues', (items) => `${head}Scheduling: {Scheduler: slurm, SlurmQueues: [${items('{}')}]}`],
    ['empty compute resources', (items) => inQueue(`ComputeResources: [${items('{}')}]`)],
    [
      'compute resources',
      (items) => inQueue(`ComputeResources: [${items('{Name: c#, InstanceType: c5.large}')}]`),
    ],
    [
      'compute resources, as many tags',
      (items) =>
        inQueue(
          `Tags: [${items('{Key: k#, Value: v}')}], ComputeResources: [${items('{Name: c#, InstanceType: a}')}]`,
        ),
    ],
    ['instance types', (items) => inQueue(`ComputeResources: [{Name: c, Instances: [${items('{a: 1}')}]}]`)],
    ['subnets', (items) => inQueue(`Networking: {SubnetIds: [${items('x')}]}`)],
    ['scripts', (items) => `HeadNode: {CustomActions: {OnNodeStart: {Sequence: [${items('{}')}]}}}`],
  ]

  it.each(texts)('of %s is at most twice the effort', (_, of) => {
    const effort = (count: number) => {
      const text = of((one) => Array.from({ length: count }, (_, at) => one.replaceAll('#', `${at}`)).join())
      return stepsOf(() => validate(text, { most: 200 }))
    }
    const [few, many] = [effort(200), effort(400)]
    expect(many).toBeGreaterThan(few)
    expect(many / few).toBeLessThan(2.2)
  })
})

it('a number of many digits with a letter behind it is looked at once, and is no number', () => {
  const digits = '1'.repeat(60_000)
  expect(asNumber(`${digits}x`)).toBe(`${digits}x`)
})

it('aliases may repeat a list of a realistic size, and not what only a search for trouble repeats', () => {
  const repeated = (count: number) => `a: &a [${'b, '.repeat(99)}]\nc: [${'*a, '.repeat(count)}]`
  const unreadable = (count: number) =>
    validate(repeated(count)).findings.some(({ path }) => path === '$yaml')
  expect([unreadable(300), unreadable(1200)]).toEqual([false, true])
  const long = `a: &a ${'b'.repeat(30_000)}\nc: [${'*a, '.repeat(1000)}]`
  expect(validate(long).findings.map(({ path }) => path)).toEqual(['$yaml'])
})
